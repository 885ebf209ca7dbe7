import assert from "node:assert/strict";
import { compareVersions, kubeletSkewProblem, releaseOf, RELEASES, SUPPORTED, versionOf } from "./versions.ts";

Deno.test("a text that is no version is refused", () => {
  assert.equal(versionOf("v1.37.2").minor, 37);
  assert.throws(() => versionOf("stable-1"), {
    name: "InvalidInput",
    message: /must be of the form v1\.37\.2; got "stable-1"/,
  });
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
      assert.equal(Math.sign(compareVersions(versionOf(a), versionOf(b))), Math.sign(i - j), `${a} against ${b}`);
    }
  }
  assert.equal(compareVersions(versionOf("v1.37.2+a"), versionOf("1.37.2")), 0);
});

Deno.test("every row of the table names a release of its own minor; newest is the highest", () => {
  for (const [minor, release] of Object.entries(RELEASES)) {
    assert.equal(versionOf(release.newest).minor, Number(minor));
  }
  const sorted = Object.values(RELEASES).map((r) => versionOf(r.newest)).sort(compareVersions);
  assert.equal(SUPPORTED.newest, sorted.at(-1)!.text);
  assert.equal(releaseOf(versionOf("v1.36.0")).etcd, "3.6.8-0");
  assert.throws(() => releaseOf(versionOf("v1.34.9")), /v1\.35, v1\.36, v1\.37/);
});

Deno.test("a kubelet may be three minor releases older and none newer", () => {
  const cases: [string, string, RegExp | undefined][] = [
    ["v1.37.2", "v1.37.0", undefined],
    ["v1.34.9", "v1.37.2", undefined],
    ["v1.33.9", "v1.37.2", /4 minor releases older .*v1\.34 or newer/],
    ["v1.38.0", "v1.37.2", /newer than the control plane.*v1\.37 or older/],
  ];
  for (const [kubelet, plane, expected] of cases) {
    const problem = kubeletSkewProblem(versionOf(kubelet), versionOf(plane));
    if (expected) assert.match(problem ?? "", expected);
    else assert.equal(problem, undefined);
  }
});
