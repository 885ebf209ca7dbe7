import assert from "node:assert/strict";
import type { HostPort } from "./addresses.ts";
import { networks } from "./addresses.ts";
import { duration } from "./duration.ts";
import { KUBEADM_KINDS } from "./kubeadm_kinds.ts";
import { readValues, writeValues } from "./values.ts";

const { InitConfiguration: INIT, ClusterConfiguration: CLUSTER } = KUBEADM_KINDS;

/** What is read of a document, and what was reported. */
function read(document: unknown): [unknown, string[]] {
  const reported: string[] = [];
  const result = readValues(INIT, document, "I", (path, what) => reported.push(`${path}: ${what}`));
  return [result, reported];
}

Deno.test("durations are read wherever the schema has one, and other text stays", () => {
  const document = {
    dryRun: true,
    timeouts: { discovery: "90s" },
    bootstrapTokens: [{ ttl: "1h" }, { description: "1h" }],
    other: "1h",
  };
  assert.deepEqual(read(document), [{
    dryRun: true,
    timeouts: { discovery: duration("90s") },
    bootstrapTokens: [{ ttl: duration("1h") }, { description: "1h" }],
    other: "1h",
  }, []]);
});

Deno.test("what was read before, and what is not there, stays", () => {
  const document = { timeouts: { discovery: duration("90s"), tlsBootstrap: undefined } };
  assert.deepEqual(read(document), [document, []]);
});

Deno.test("a text that cannot be read is reported at its path, and absent", () => {
  assert.deepEqual(read({ bootstrapTokens: [{ ttl: "1h" }, { ttl: "soon" }] }), [
    { bootstrapTokens: [{ ttl: duration("1h") }, { ttl: undefined }] },
    ['I.bootstrapTokens[1].ttl: must be a duration such as "24h" or "1m30s"; got "soon"'],
  ]);
});

Deno.test("values are written as Go writes them, in the same order, what is not there neither", () => {
  const written = writeValues(INIT, {
    timeouts: { tlsBootstrap: duration("90s"), discovery: duration("1m") },
    b: null,
  });
  assert.equal(JSON.stringify(written), '{"timeouts":{"tlsBootstrap":"1m30s","discovery":"1m0s"},"b":null}');
});

Deno.test("networks keep how they were written, and an empty text is none", () => {
  const document = { networking: { podSubnet: "10.1.2.3/16,FD00::/56", serviceSubnet: "" } };
  const found = readValues(CLUSTER, document, "C", assert.fail);
  assert.deepEqual(found, { networking: { podSubnet: networks("10.1.2.3/16,FD00::/56"), serviceSubnet: undefined } });
  assert.deepEqual(writeValues(CLUSTER, found), { networking: { ...document.networking, serviceSubnet: undefined } });
});

Deno.test("a network that cannot be read leaves none, so that rules between networks have nothing to judge", () => {
  const reported: string[] = [];
  const document = { networking: { podSubnet: "10.1.0.0/16,x", serviceSubnet: "10.1.0.0/16,10.2.0.0/16" } };
  assert.deepEqual(readValues(CLUSTER, document, "C", (path, what) => reported.push(`${path}: ${what}`)), {
    networking: { podSubnet: [], serviceSubnet: [] },
  });
  assert.deepEqual(reported, [
    'C.networking.podSubnet: must be a CIDR of the form address/prefix; got "x"',
    'C.networking.serviceSubnet: must be one CIDR, or an IPv4 and an IPv6 CIDR separated by a comma; got "10.1.0.0/16,10.2.0.0/16"',
  ]);
});

Deno.test("an endpoint may lack its port, and has to be of its form", () => {
  const reported: string[] = [];
  const readEndpoint = (controlPlaneEndpoint: string) =>
    readValues(CLUSTER, { controlPlaneEndpoint }, "C", (path, what) => reported.push(`${path}: ${what}`));
  assert.deepEqual(readEndpoint("fd00::1"), { controlPlaneEndpoint: { host: "fd00::1" } });
  // As kubeadm stores it; the URL of the server has the number.
  for (const text of ["api:06443", "[192.0.2.1]:6443"]) {
    const read = readEndpoint(text);
    assert.equal((read.controlPlaneEndpoint as unknown as HostPort).port, 6443);
    assert.deepEqual(writeValues(CLUSTER, read), { controlPlaneEndpoint: text });
  }
  assert.deepEqual(writeValues(CLUSTER, { controlPlaneEndpoint: { host: "fd00::1", port: 6443 } }), {
    controlPlaneEndpoint: "[fd00::1]:6443",
  });
  assert.deepEqual(
    ["", "a:0", "a:x", "https://a"].map(readEndpoint),
    Array(4).fill({ controlPlaneEndpoint: undefined }),
  );
  const form = "must be a host or HOST:PORT (port 1 to 65535, IPv6 addresses in brackets)";
  assert.deepEqual(
    reported,
    ["a:0", "a:x", "https://a"].map((text) => `C.controlPlaneEndpoint: ${form}; got "${text}"`),
  );
});

Deno.test("a version keeps its text, also a label", () => {
  const document = { kubernetesVersion: "v1.37.2-rc.0" };
  const read = readValues(CLUSTER, document, "C", assert.fail) as unknown;
  assert.deepEqual(read, {
    kubernetesVersion: { text: "v1.37.2-rc.0", major: 1, minor: 37, patch: 2, prerelease: "rc.0" },
  });
  assert.deepEqual(writeValues(CLUSTER, read), document);
  const label = { kubernetesVersion: "stable-1" };
  assert.deepEqual(writeValues(CLUSTER, readValues(CLUSTER, label, "C", assert.fail)), label);
});

Deno.test("a time keeps how it was written", () => {
  const document = { bootstrapTokens: [{ expires: "2027-01-01T01:00:00.5+01:00" }, { expires: "" }] };
  const [found, reported] = read(document);
  assert.deepEqual([found, reported], [{
    bootstrapTokens: [
      { expires: { text: document.bootstrapTokens[0]!.expires, milliseconds: Date.UTC(2027, 0, 1) + 500 } },
      { expires: undefined },
    ],
  }, []]);
  assert.deepEqual(writeValues(INIT, found), {
    bootstrapTokens: [document.bootstrapTokens[0], { expires: undefined }],
  });
  assert.deepEqual(read({ bootstrapTokens: [{ expires: "2027-02-30T00:00:00Z" }] }), [
    { bootstrapTokens: [{ expires: undefined }] },
    ['I.bootstrapTokens[0].expires: must be an RFC 3339 time such as 2027-01-31T12:00:00Z; got "2027-02-30T00:00:00Z"'],
  ]);
});
