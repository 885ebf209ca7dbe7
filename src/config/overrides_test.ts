import assert from "node:assert/strict";
import type { InvalidInput } from "../errors.ts";
import { nearest } from "./suggest.ts";
import { checkMixedFlags } from "./overrides.ts";

const MIXED: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["no file allows all", ["--token", "--pod-network-cidr"], []],
  ["a file allows its fellows", [
    "--config",
    "--dry-run",
    "--node-name",
    "--ignore-preflight-errors",
    "--skip-phases",
    "--v",
  ], []],
  ["a file allows flags without a field", ["config", "cni", "output", "skip-token-print", "token-file"], []],
  ["a file refuses what it has fields for", ["config", "token", "dry-run", "cri-socket"], ["--token", "--cri-socket"]],
];
for (const [name, given, refused] of MIXED) {
  Deno.test(`${name}: ${given.join(" ")}`, () => {
    let found: readonly string[] = [];
    try {
      checkMixedFlags(given);
    } catch (error) {
      found = (error as InvalidInput).problems.map(({ where }) => where);
    }
    assert.deepEqual(found, refused);
  });
}

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
