import assert from "node:assert/strict";
import { absolutePath, cleanPath } from "./paths.ts";

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

Deno.test("absolutePath() begins where the program was started", () => {
  const pairs = [
    ["new.yaml", "/home/a/new.yaml"],
    ["./new.yaml", "/home/a/new.yaml"],
    ["../b//new.yaml", "/home/b/new.yaml"],
    ["../../../..", "/"],
    [".", "/home/a"],
    ["dir/", "/home/a/dir/"],
    ["/etc/./new.yaml", "/etc/new.yaml"],
    ["/", "/"],
  ] as const;
  for (const [given, expected] of pairs) assert.equal(absolutePath(given, "/home/a"), expected);
  assert.equal(absolutePath("new.yaml", "/"), "/new.yaml");
});
