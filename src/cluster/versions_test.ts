import assert from "node:assert/strict";
import { compareVersions, kubeletSkewProblem, parseVersion, releaseOf, RELEASES, SUPPORTED } from "./versions.ts";

Deno.test("versions are parsed whole or refused", () => {
  assert.deepEqual(parseVersion("v1.37.2"), { major: 1, minor: 37, patch: 2 });
  assert.deepEqual(parseVersion("1.37.0-rc.1+abc"), { major: 1, minor: 37, patch: 0, prerelease: "rc.1" });
  for (const wrong of ["", "v1", "v1.37", "v1.37.02", "v1.37.2 ", "stable-1", "v1.37.x"]) {
    assert.throws(() => parseVersion(wrong), /not of the form/, wrong);
  }
});

Deno.test("versions are ordered as semver says", () => {
  const ascending = [
    "v1.9.0",
    "v1.10.0-alpha",
    "v1.10.0-alpha.1",
    "v1.10.0-alpha.beta",
    "v1.10.0-beta",
    "v1.10.0-beta.2",
    "v1.10.0-beta.11",
    "v1.10.0-rc.1",
    "v1.10.0",
    "v1.10.1",
  ];
  for (const [i, a] of ascending.entries()) {
    for (const [j, b] of ascending.entries()) {
      assert.equal(Math.sign(compareVersions(a, b)), Math.sign(i - j), `${a} against ${b}`);
    }
  }
  assert.equal(compareVersions("v1.37.2+a", "1.37.2"), 0);
});

Deno.test("every row of the table names a release of its own minor; newest is the highest", () => {
  for (const [minor, release] of Object.entries(RELEASES)) {
    assert.equal(parseVersion(release.newest).minor, Number(minor));
  }
  const sorted = Object.values(RELEASES).map((r) => r.newest).sort(compareVersions);
  assert.equal(SUPPORTED.newest, sorted.at(-1));
  assert.equal(releaseOf("v1.36.0").etcd, "3.6.8-0");
  assert.throws(() => releaseOf("v1.34.9"), /v1\.35, v1\.36, v1\.37/);
});

Deno.test("a kubelet may be three minor releases older and none newer", () => {
  const cases: [string, string, RegExp | undefined][] = [
    ["v1.37.2", "v1.37.0", undefined],
    ["v1.34.9", "v1.37.2", undefined],
    ["v1.33.9", "v1.37.2", /4 minor releases older .*v1\.34 or newer/],
    ["v1.38.0", "v1.37.2", /newer than the control plane.*v1\.37 or older/],
  ];
  for (const [kubelet, plane, expected] of cases) {
    const problem = kubeletSkewProblem(kubelet, plane);
    if (expected) assert.match(problem ?? "", expected);
    else assert.equal(problem, undefined);
  }
});
