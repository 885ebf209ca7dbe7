import assert from "node:assert/strict";
import { networks } from "../../config/addresses.ts";
import { duration } from "../../config/duration.ts";
import { formatAddress } from "../../config/addresses.ts";
import type { ControlPlaneNode } from "../control_plane/node.ts";
import { stringify } from "../../config/yaml.ts";
import { InvalidInput } from "../../errors.ts";
import {
  addressOf,
  alternativeNames,
  certificateNamed,
  CERTIFICATES,
  leafRequest,
  validityOf,
} from "./certificates.ts";
import { clientRequest, kubeconfigDocument, KUBECONFIGS, parseKubeconfig, serverOf } from "./kubeconfigs.ts";

/** Only what names and validity depend on. */
function configuration(cluster: Record<string, unknown> = {}, advertiseAddress = "10.77.0.21"): ControlPlaneNode {
  return {
    cluster: {
      certificateValidityPeriod: duration("720h"),
      caCertificateValidityPeriod: duration("17520h"),
      networking: { serviceSubnet: networks("10.96.0.0/12"), podSubnet: [], dnsDomain: "cluster.local" },
      apiServer: { certSANs: [] },
      etcd: { local: { serverCertSANs: [], peerCertSANs: [] } },
      ...cluster,
    },
    registration: { name: "k1" },
    endpoint: { advertiseAddress, bindPort: 6443 },
  } as unknown as ControlPlaneNode;
}

function namesOf(name: string, config: ControlPlaneNode): string {
  const { dnsNames, ipAddresses } = alternativeNames(certificateNamed(name), config);
  return [...dnsNames, ...ipAddresses.map((octets) => formatAddress(addressOf(octets)))].join(" ");
}

const CLUSTER_NAMES = "kubernetes kubernetes.default kubernetes.default.svc";

Deno.test("names of the API server and of etcd, in kubeadm's order", () => {
  const cases: [string, ControlPlaneNode, string][] = [
    ["apiserver", configuration(), `k1 ${CLUSTER_NAMES} kubernetes.default.svc.cluster.local 10.96.0.1 10.77.0.21`],
    ["etcd-server", configuration(), "k1 localhost 10.77.0.21 127.0.0.1 ::1"],
    [
      "apiserver",
      configuration({
        controlPlaneEndpoint: { host: "api.example.test", port: 8443 },
        apiServer: { certSANs: ["*.example.test", "192.0.2.7", "2001:DB8::7", "k1", "::ffff:192.0.2.7"] },
        networking: { serviceSubnet: networks("172.20.0.0/16,fd00::/112"), podSubnet: [], dnsDomain: "corp.example" },
      }),
      `*.example.test api.example.test k1 ${CLUSTER_NAMES} kubernetes.default.svc.corp.example ` +
      "172.20.0.1 10.77.0.21 192.0.2.7 2001:db8::7",
    ],
    [
      "apiserver",
      configuration({
        controlPlaneEndpoint: { host: "2001:db8::9", port: 6443 },
        networking: { serviceSubnet: networks("fd00:10:96::/112"), podSubnet: [], dnsDomain: "cluster.local" },
      }, "2001:db8::21"),
      `k1 ${CLUSTER_NAMES} kubernetes.default.svc.cluster.local fd00:10:96::1 2001:db8::21 2001:db8::9`,
    ],
    [
      "etcd-peer",
      configuration(
        { etcd: { local: { serverCertSANs: ["etcd.example"], peerCertSANs: ["192.0.2.8"] } } },
        "127.0.0.1",
      ),
      "k1 localhost 127.0.0.1 ::1 192.0.2.8",
    ],
    ["apiserver-kubelet-client", configuration(), ""],
  ];
  for (const [name, config, expected] of cases) assert.equal(namesOf(name, config), expected);
});

Deno.test("validity counts from the start of the program, five minutes early", () => {
  const startedAt = new Date("2026-11-22T17:00:00Z");
  const { cluster } = configuration();
  assert.deepEqual(validityOf("leaf", cluster, startedAt), {
    notBefore: new Date("2026-11-22T16:55:00Z"),
    notAfter: new Date("2026-12-22T17:00:00Z"),
  });
  assert.deepEqual(validityOf("authority", cluster, startedAt).notAfter, new Date("2028-11-21T17:00:00Z"));
});

Deno.test("subjects: the API server reaches kubelets without an organization, the administrator is not system:masters", () => {
  const now = new Date();
  const subjects = [
    ...CERTIFICATES.map((spec) => leafRequest(spec, configuration(), now)),
    ...KUBECONFIGS.map((spec) => clientRequest(spec, configuration(), now)),
  ].map(({ commonName, organizations }) => [commonName, ...organizations].join("/"));
  assert.deepEqual(subjects, [
    "kubernetes",
    "kube-apiserver",
    "kube-apiserver-kubelet-client",
    "front-proxy-ca",
    "front-proxy-client",
    "etcd-ca",
    "k1",
    "k1",
    "kube-etcd-healthcheck-client",
    "kube-apiserver-etcd-client",
    "kubernetes-admin/kubeadm:cluster-admins",
    "kubernetes-super-admin/system:masters",
    "system:node:k1/system:nodes",
    "system:kube-controller-manager",
    "system:kube-scheduler",
  ]);
});

Deno.test("components of this node use its own API server, people the common endpoint", () => {
  const config = configuration({ controlPlaneEndpoint: { host: "api.example.test", port: 8443 } }, "2001:db8::21");
  const servers = Object.fromEntries(KUBECONFIGS.map((spec) => [spec.name, serverOf(spec, config)]));
  assert.deepEqual(servers, {
    admin: "https://api.example.test:8443",
    "super-admin": "https://api.example.test:8443",
    kubelet: "https://[2001:db8::21]:6443",
    "controller-manager": "https://[2001:db8::21]:6443",
    scheduler: "https://[2001:db8::21]:6443",
  });
});

Deno.test("a kubeconfig is read as it was written, with each kind of credentials", () => {
  const parts = { clusterName: "alpha", server: "https://10.0.0.1:6443", caPem: "CA\n", user: "ann" };
  const read = (credentials: Parameters<typeof kubeconfigDocument>[0]["credentials"]) =>
    parseKubeconfig(stringify(kubeconfigDocument({ ...parts, credentials })), "ann.conf");
  const credentials = [
    { clientCertPem: "CERT\n", clientKeyPem: "KEY\n" },
    { clientCertFile: "/c.pem", clientKeyFile: "/c.pem" },
    { token: "abcdef.0123456789abcdef" },
  ];
  for (const one of credentials) assert.deepEqual(read(one), { ...parts, ...one });
  const document = kubeconfigDocument({ ...parts, credentials: { token: "t" } });
  assert.equal(document["current-context"], "ann@alpha");
  // cluster-info, as client-go writes it: no name, no user; here with a context, which it lacks.
  const anonymous = "apiVersion: v1\nkind: Config\nclusters: [{name: '', cluster: {server: 'https://a'}}]\n" +
    "contexts: [{name: x, context: {cluster: '', user: ''}}]\ncurrent-context: x\n";
  assert.deepEqual(parseKubeconfig(anonymous, "x"), { clusterName: "", server: "https://a", user: "" });
});

Deno.test("what is no kubeconfig is refused without showing what it holds", () => {
  const good = stringify(
    kubeconfigDocument({
      clusterName: "alpha",
      server: "https://a",
      caPem: "CA",
      user: "ann",
      credentials: { token: "hunter2" },
    }),
  );
  const bad: [RegExp, string][] = [
    [/must be v1 Config; got v1 Secret/, good.replace("kind: Config", "kind: Secret")],
    [/the first document is empty/, ""],
    [
      /current-context "nobody" not found/,
      good.replace("current-context: ann@alpha", "current-context: nobody"),
    ],
    [/server of cluster "alpha" is required/, good.replace("https://a", '""')],
    [/user "bob" of the current context not found/, good.replace("user: ann\n", "user: bob\n")],
    [/certificate-authority-data of "x.conf": not valid base64/, good.replace("Q0E=", "-----")],
  ];
  for (const [state, text] of bad) {
    assert.throws(() => parseKubeconfig(text, "x.conf"), (error: Error) => {
      assert.ok(error instanceof InvalidInput);
      assert.match(error.message, state);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
  }
});
