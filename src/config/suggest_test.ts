import assert from "node:assert/strict";
import { nearest } from "./suggest.ts";

const NEAREST: readonly (readonly [string, string | undefined])[] = [
  ["podsubnet", "podSubnet"],
  ["podSubnets", "podSubnet"],
  ["dnsdomian", "dnsDomain"],
  ["x", undefined],
  ["networkPolicy", undefined],
];
for (const [name, expected] of NEAREST) {
  Deno.test(`the name nearest to "${name}" is ${expected ?? "none"}`, () => {
    assert.equal(nearest(name, ["podSubnet", "dnsDomain", "serviceSubnet"]), expected);
  });
}
