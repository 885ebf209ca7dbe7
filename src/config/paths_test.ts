import assert from "node:assert/strict";
import { cleanPath } from "./paths.ts";

Deno.test("cleanPath() is Go's path.Clean for absolute paths, and leaves others", () => {
  const pairs = [
    ["/etc/pki/", "/etc/pki"],
    ["/etc//pki/./x/../", "/etc/pki"],
    ["/", "/"],
    ["//", "/"],
    ["/../etc", "/etc"],
    ["/etc/..", "/"],
    ["/a/...", "/a/..."],
    ["pki/", "pki/"],
    ["", ""],
  ] as const;
  for (const [given, expected] of pairs) assert.equal(cleanPath(given), expected);
});
