import assert from "node:assert/strict";
import { kubeletIdentityProblem } from "../node/kubelet/identity.ts";
import { parseKubeconfig } from "../cluster/pki/kubeconfigs.ts";
import { KUBELET_FILES } from "../cluster/paths.ts";
import { endWhenRefused } from "../node/unauthorized.ts";
import type { UserError } from "../errors.ts";
import { KubeError, TLS_REFUSED, UNREACHABLE } from "../system/kube_error.ts";
import { memoryHost, type MemoryHostOptions } from "../../tests/fakes/memory_host.ts";
import { type Files, fresh, init, NOW, PKI, sampleWithCheapKeys, text } from "../../tests/samples/pki.ts";

const other: Files = new Map();
await init(other);
const { kubeconfig, clientCertificate } = KUBELET_FILES;
const NAME = sampleWithCheapKeys().registration.name;

/** What a kubelet stores of the certificate in a kubelet.conf. */
function stored(files: Files): string {
  const { clientCertPem, clientKeyPem } = parseKubeconfig(text(files, kubeconfig), kubeconfig);
  return `${clientCertPem}${clientKeyPem}`;
}

const OURS = stored(fresh);
const CA = text(fresh, `${PKI}/ca.crt`);
/** kubelet.conf as `kubelet-finalize` writes it. */
const NAMING = `apiVersion: v1\nkind: Config\nclusters: [{name: a, cluster: {server: "https://192.0.2.1:6443"}}]\n` +
  `users: [{name: a, user: {client-certificate: ${clientCertificate}, client-key: ${clientCertificate}}}]\n` +
  `contexts: [{name: a, context: {cluster: a, user: a}}]\ncurrent-context: a\n`;

interface Case {
  files?: MemoryHostOptions["files"];
  name?: string;
  caPem?: string | undefined;
  args?: { name: string; value: string }[];
  now?: Date;
}

async function problem({ files = {}, name = NAME, args = [], now = NOW, ...rest }: Case) {
  const host = memoryHost({ files, now }, () => {});
  const caPem = "caPem" in rest ? rest.caPem : CA;
  return await kubeletIdentityProblem(host, { name, kubeletExtraArgs: args, caPem });
}

const LATER = new Date("2028-01-01T00:00:00Z");
/** Name, the case, where the problem is said to be, what is said, and how to fix it; undefined: nothing is wrong. */
const CASES: readonly [string, Case, RegExp | undefined][] = [
  ["nothing stored", {}, undefined],
  ["our own", { files: { [clientCertificate]: OURS } }, undefined],
  [
    "another cluster's, of the same names",
    { files: { [clientCertificate]: stored(other) } },
    /another cluster.*rm \S+current\.pem$/s,
  ],
  ["one, and the cluster has no CA yet", { files: { [clientCertificate]: OURS }, caPem: undefined }, /another cluster/],
  ["another CA's bundle holds ours, too", {
    files: { [clientCertificate]: OURS },
    caPem: `${text(other, `${PKI}/ca.crt`)}${CA}`,
  }, undefined],
  [
    "another node's",
    { files: { [clientCertificate]: OURS }, name: "k3" },
    /node "\S+", expected node "k3".*--node-name/s,
  ],
  ["another node's, by a flag", {
    files: { [clientCertificate]: OURS },
    args: [{ name: "hostname-override", value: "k4" }],
  }, /expected node "k4"/],
  ["expired: the kubelet passes over it", { files: { [clientCertificate]: stored(other) }, now: LATER }, undefined],
  ["expired, and kubelet.conf names it", {
    files: { [clientCertificate]: OURS, [kubeconfig]: NAMING },
    now: LATER,
  }, /expired on 2027-.*rm \S+current\.pem \/etc\/kubernetes\/kubelet\.conf/s],
  ["another cluster's, and kubelet.conf names it", {
    files: { [clientCertificate]: stored(other), [kubeconfig]: NAMING },
  }, /another cluster.*rm \S+ \/etc\/kubernetes\/kubelet\.conf/s],
  ["rubbish", { files: { [clientCertificate]: "x" } }, /cannot be read/],
  ["in two files", {
    files: { "/var/lib/kubelet/pki/kubelet-client.crt": stored(other), "/var/lib/kubelet/pki/kubelet-client.key": "k" },
  }, /another cluster.*rm \S+kubelet-client\.crt/s],
  ["a certificate without its key is not taken", {
    files: { "/var/lib/kubelet/pki/kubelet-client.crt": stored(other) },
  }, undefined],
  ["in a folder of one's own", {
    files: { "/srv/pki/kubelet-client-current.pem": stored(other) },
    args: [{ name: "cert-dir", value: "/srv/pki" }],
  }, /another cluster.*rm \/srv\/pki\/kubelet-client-current\.pem/s],
];

for (const [name, given, expected] of CASES) {
  Deno.test(`the kubelet's identity: ${name}`, async () => {
    const found = await problem(given);
    if (expected === undefined) return assert.equal(found, undefined);
    assert.match(`${found?.where} ${found?.what}\n${found?.hint}`, expected);
  });
}

Deno.test("a refusal ends a wait when it lasts, and not before", () => {
  const check = endWhenRefused("x", ["y"]);
  const real = performance.now;
  let now = 0;
  performance.now = () => now;
  try {
    check(401);
    now = 5_000;
    check(401);
    check(undefined); // another server takes them
    now = 10_000;
    check(401);
    now = 17_000;
    assert.throws(() => check(401), /the API server rejects x \(401 Unauthorized\)/);
    const error = (status: number, reason: string) => new KubeError("z", { status, reason }, { hint: "w" });
    for (
      const [refusal, says] of [[error(401, ""), /rejects x/], [
        error(0, TLS_REFUSED),
        /certificate was rejected, connecting with x/,
      ]] as const
    ) {
      const watch = endWhenRefused("x", ["y"], 3_000);
      now = 20_000;
      watch(refusal);
      now = 22_000;
      watch(error(0, UNREACHABLE));
      watch(refusal);
      now = 24_000;
      watch(refusal);
      now = 26_000;
      assert.throws(() => watch(refusal), says);
    }
    const changing = endWhenRefused("x", ["y"], 3_000);
    changing(401);
    now = 28_000;
    changing(error(0, TLS_REFUSED)); // another refusal, for as long
    now = 30_000;
    changing(error(0, TLS_REFUSED));
    now = 32_000;
    assert.throws(() => changing(error(0, TLS_REFUSED)), (thrown: UserError) => {
      assert.deepEqual(thrown.hints, ["w", "y"]);
      return true;
    });
  } finally {
    performance.now = real;
  }
});
