/**
 * Workers: both programs write the files of a joining host, one after the other, against the same real cluster.
 *
 * @module
 */

import { documents } from "../config.ts";
import type { Host } from "../host.ts";
import { PROGRAM } from "../kubewright.ts";
import type { Run } from "../scenario.ts";
import { TOKEN } from "./cases.ts";
import type { Outcome } from "./compare.ts";
import type { Tally } from "./tally.ts";
import { readTree, treeOutcome } from "./tree.ts";

type Mapping = Record<string, unknown>;

/** One JoinConfiguration; `PIN` stands for the CA's hash, `SERVER` for the cluster's host and port. */
export interface JoinCase {
  name: string;
  /** Over the JoinConfiguration. */
  join?: Mapping;
  /** Over its discovery by token. */
  bootstrapToken?: Mapping;
  /** Shell script that prepares the host; `CA` stands for the base64 of the cluster's CA. */
  before?: string;
  further?: readonly string[];
}

const PINNED = { token: TOKEN, apiServerEndpoint: "SERVER", caCertHashes: ["PIN"] };

/** A discovery file with the cluster's CA and no credentials. */
const DISCOVERY_FILE = `cat >/root/discovery.conf <<END
apiVersion: v1
kind: Config
clusters: [{name: "", cluster: {server: "https://SERVER", certificate-authority-data: CA}}]
contexts: []
users: []
current-context: ""
END`;

const PATCHES = `mkdir -p /root/patches
echo 'maxPods: 77' >/root/patches/kubeletconfiguration0+merge.yaml`;

/** All configurations of workers. */
export const JOIN_CASES: readonly JoinCase[] = [
  { name: "join-defaults" },
  {
    name: "join-registration",
    join: {
      nodeRegistration: {
        name: "worker.example.test",
        taints: [
          { key: "dedicated", value: "infra", effect: "NoSchedule" },
          { key: "example.test/slow", effect: "PreferNoSchedule" },
        ],
        kubeletExtraArgs: [{ name: "node-labels", value: "a=b" }, { name: "node-ip", value: "192.0.2.1" }],
      },
    },
  },
  { name: "join-no-taints", join: { nodeRegistration: { taints: [] } } },
  { name: "join-ca-path", join: { caCertPath: "/etc/other/pki/cluster.crt" }, further: ["/etc/other"] },
  { name: "join-pins", bootstrapToken: { caCertHashes: [`sha256:${"0".repeat(64)}`, "PIN"] } },
  { name: "join-unsafe", bootstrapToken: { caCertHashes: [], unsafeSkipCAVerification: true } },
  {
    name: "join-file",
    before: DISCOVERY_FILE,
    join: { discovery: { file: { kubeConfigPath: "/root/discovery.conf" }, tlsBootstrapToken: TOKEN } },
  },
  { name: "join-patches", before: PATCHES, join: { patches: { directory: "/root/patches" } } },
];

const CONFIG = "/root/join.yaml";
const FOLDERS = ["/etc/kubernetes", "/var/lib/kubelet"];

/** Compares the files that both make on a joining host. */
export async function compareJoin(t: Run, cluster: Host, host: Host, of: JoinCase, tally: Tally): Promise<void> {
  const pin = await cluster.shell(
    "openssl x509 -pubkey -noout -in /etc/kubernetes/pki/ca.crt | openssl pkey -pubin -outform der | sha256sum | cut -c1-64",
  );
  const authority = await cluster.shell("base64 -w0 /etc/kubernetes/pki/ca.crt");
  const filled = (text: string) =>
    text.replaceAll("SERVER", `${cluster.address}:6443`).replaceAll("PIN", `sha256:${pin}`).replaceAll(
      "CA}",
      `${authority}}`,
    );
  const configuration = documents([{
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "JoinConfiguration",
    discovery: { bootstrapToken: { ...PINNED, ...of.bootstrapToken } },
    ...of.join,
  }]);
  await host.write(CONFIG, filled(configuration), 0o600);
  const started = new Date();
  const files = async (program: string): Promise<Outcome> => {
    const folders = [...FOLDERS, ...of.further ?? []];
    await host.shell(`systemctl stop kubelet\nrm -rf ${folders.join(" ")}\n${filled(of.before ?? "true")}`);
    await host.shell(`${program} join phase kubelet-start --config ${CONFIG} >/dev/null`, { timeout: 120_000 });
    return await treeOutcome(await readTree(host, folders), started);
  };
  t.log(tally.add(of.name, "files", await files("kubeadm"), await files(PROGRAM)));
}
