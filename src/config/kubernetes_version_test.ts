import assert from "node:assert/strict";
import { parseVersion, readVersion, resolveVersion } from "./kubernetes_version.ts";

const SUPPORTED = { newest: "v1.37.2", minors: [35, 36, 37] };

const RESOLVED: readonly (readonly [string, string | undefined, string])[] = [
  ["v1.36.1", undefined, "v1.36.1"],
  ["1.36.1", "v1.37.2", "v1.36.1"],
  ["v1.37.0-rc.1", undefined, "v1.37.0-rc.1"],
  ["stable", undefined, "v1.37.2"],
  ["stable-1", undefined, "v1.37.2"],
  ["latest", undefined, "v1.37.2"],
  ["stable-1", "v1.36.3", "v1.36.3"],
  ["stable-1", "v1.20.0", "v1.37.2"],
  ["stable-1", "v1.38.0", "v1.37.2"],
  ["stable-1.37", "v1.36.3", "v1.37.2"],
  ["stable-1.36", "v1.36.3", "v1.36.3"],
  ["latest-1.37", "v1.37.1", "v1.37.1"],
];
for (const [text, kubeletVersion, version] of RESOLVED) {
  Deno.test(`"${text}" with kubelet ${kubeletVersion ?? "absent"} is ${version}`, () => {
    const facts = kubeletVersion === undefined ? {} : { kubeletVersion };
    assert.deepEqual(resolveVersion(readVersion(text), facts, SUPPORTED), { version: parseVersion(version) });
  });
}

const unsupported = (text: string) => `unsupported version "${text}"; kubewright supports Kubernetes 1.35, 1.36, 1.37`;
const invalid = (text: string) => `must be a version such as v1.37.2 or a label such as stable-1; got "${text}"`;
const REFUSED: readonly (readonly [string, string])[] = [
  ["v1.34.9", unsupported("v1.34.9")],
  ["v1.38.0", unsupported("v1.38.0")],
  ["2.37.0", unsupported("2.37.0")],
  ["stable-1.34", unsupported("stable-1.34")],
  ["stable-2", unsupported("stable-2")],
  [
    "stable-1.36",
    'must be a version with a patch release, v1.36.PATCH; got "stable-1.36"',
  ],
  ["1.37", invalid("1.37")],
  ["ci/latest", invalid("ci/latest")],
  ["newest", invalid("newest")],
];
for (const [text, problem] of REFUSED) {
  Deno.test(`version "${text}" is refused`, () =>
    assert.deepEqual(resolveVersion(readVersion(text), {}, SUPPORTED), { problem }));
}

Deno.test("versions are read whole or not at all", () => {
  assert.deepEqual(parseVersion("v1.37.2"), { text: "v1.37.2", major: 1, minor: 37, patch: 2 });
  const text = "1.37.0-rc.1+abc";
  assert.deepEqual(parseVersion(text), { text, major: 1, minor: 37, patch: 0, prerelease: "rc.1" });
  for (const wrong of ["", "v1", "v1.37", "v1.37.02", "v1.37.2 ", "stable-1", "v1.37.x"]) {
    assert.equal(parseVersion(wrong), undefined, wrong);
    assert.deepEqual(readVersion(wrong), { text: wrong, major: 0, minor: 0, patch: 0 });
  }
});
