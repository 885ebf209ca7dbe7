/**
 * Stage two: both programs send the objects of every configuration to the same real API server, one after the other.
 *
 * @module
 */

import { initConfiguration } from "../config.ts";
import type { Host } from "../host.ts";
import { PROGRAM } from "../kubewright.ts";
import { preparePeer } from "../peer.ts";
import { until } from "../process.ts";
import { binary, type Run } from "../scenario.ts";
import { type Case, configurationOf, TOKEN } from "./cases.ts";
import { type Outcome, rename } from "./compare.ts";
import { Api, type ApiObject, objectsOutcome } from "./objects.ts";
import type { Tally } from "./tally.ts";

/** The phases of `init` that talk to the API server, by kubeadm's names. */
const PHASES = ["upload-config all", "mark-control-plane", "bootstrap-token", "addon all"];

/** What the configurations call the API server by; all of it leads to the one of this stage. */
const NAMES = ["api.example.test", "192.0.2.10", "2001:db8::10", "fd00:77::21"];
const ADDRESSES = `sysctl -qw net.ipv6.conf.default.forwarding=1 net.ipv6.conf.all.forwarding=1
for address in 192.0.2.10/32 2001:db8::10/128 fd00:77::21/128; do ip address add $address dev lo; done
echo "127.0.0.1 api.example.test" >>/etc/hosts
nft 'add table inet lab; add chain inet lab out { type nat hook output priority -100; }'
nft 'add rule inet lab out tcp dport { 7443, 8443 } redirect to :6443'
mkdir -p /etc/custom; ln -s /etc/kubernetes/pki /etc/custom/pki`;

/** Service addresses of the configurations, besides those that the API server starts with. */
const SERVICE_SUBNETS = ["172.20.0.0/16"];

const CONFIG = "/root/case.yaml";

/** Makes a host with a cluster: workers can join it, and its API server takes the objects of every configuration. */
export async function judgeHost(t: Run): Promise<Host> {
  const host = await t.host("judge");
  await preparePeer(host);
  await host.push(await binary(), PROGRAM);
  await host.shell(ADDRESSES);
  const cluster = {
    networking: { serviceSubnet: "10.96.0.0/12,fd00:10:96::/112" },
    apiServer: { certSANs: NAMES, extraArgs: [{ name: "bind-address", value: "::" }] },
  };
  await host.write(
    "/root/judge.yaml",
    initConfiguration({ address: host.address, algorithm: "ECDSA-P256", token: TOKEN, cluster }),
  );
  const skip = "addon,mark-control-plane";
  await host.exec([PROGRAM, "init", "--config", "/root/judge.yaml", "--cni", "none", "--skip-phases", skip]);
  return host;
}

/** What `init` has put into the cluster of {@link judgeHost}. */
const MADE = / (kube-(system|public)\/)?(kubeadm|kubelet-config$|cluster-info$|bootstrap-token-)/;

/** Takes out of it all that `init` put into it, and the controllers. */
export async function bare(host: Host): Promise<void> {
  using api = await Api.of(host);
  for (const [name, object] of await api.objects()) if (MADE.test(name)) await api.delete(object);
  for (const [index, cidr] of SERVICE_SUBNETS.entries()) {
    const folder = "/apis/networking.k8s.io/v1/servicecidrs";
    const metadata = { name: `lab-${index}` };
    await api.create(folder, {
      apiVersion: "networking.k8s.io/v1",
      kind: "ServiceCIDR",
      metadata,
      spec: { cidrs: [cidr] },
    });
    const condition = {
      type: "Ready",
      status: "True",
      reason: "Lab",
      message: "",
      lastTransitionTime: new Date().toISOString(),
    };
    await api.patch(`${folder}/${metadata.name}/status`, { status: { conditions: [condition] } });
  }
  await api.create("/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata: nodeNamed("node.example.test") });
  await host.shell("cd /etc/kubernetes/manifests; rm kube-controller-manager.yaml kube-scheduler.yaml");
  await until("the controllers to end", async () => {
    const { stdout } = await host.exec(["ps", "-eo", "comm"]);
    return !/kube-controller|kube-scheduler/.test(stdout);
  });
}

/** kubeadm looks for a node by its host name label. */
function nodeNamed(name: string): Record<string, unknown> {
  return { name, labels: { "kubernetes.io/hostname": name } };
}

/** Compares the objects that both make of one configuration. */
export async function compareObjects(t: Run, host: Host, of: Case, tally: Tally): Promise<void> {
  await host.write(CONFIG, configurationOf(of, host.address), 0o600);
  const kubeadm = await objectsOf(host, of, "kubeadm");
  const kubewright = await objectsOf(host, of, PROGRAM, "--cni none");
  t.log(tally.add(of.name, "objects", kubeadm, kubewright));
}

async function objectsOf(
  host: Host,
  of: Case,
  program: string,
  flags = "",
): Promise<Outcome> {
  const kubeconfigs = ["admin", "super-admin"];
  if (of.before) await host.shell(of.before);
  using before = await Api.of(host);
  const baseline = await before.objects();
  await host.shell(kubeconfigs.map((name) => `rm /etc/kubernetes/${name}.conf`).join("\n"));
  const started = new Date();
  const commands = [...kubeconfigs.map((name) => `kubeconfig ${name}`), ...PHASES, ...of.phases ?? []]
    .map((phase) => `${program} init phase ${phase} --config ${CONFIG} ${flags} >/dev/null`);
  try {
    await host.shell(commands.join("\n"), { env: of.env, timeout: 120_000 });
  } finally {
    await host.shell(
      kubeconfigs.map((name) =>
        `[ -e /etc/kubernetes/${name}.conf ] || kubeadm init phase kubeconfig ${name} --config ${CONFIG} >/dev/null`
      ).join("\n"),
    );
  }
  using api = await Api.of(host);
  const after = await api.objects();
  const made = new Map(
    [...after].filter(([name, { metadata }]) =>
      baseline.get(name)?.metadata.resourceVersion !== metadata.resourceVersion
    ),
  );
  await clear(api, baseline, made);
  const authority = await host.read("/etc/kubernetes/pki/ca.crt");
  const outcome = await objectsOutcome(made, { authority, started });
  return rename(outcome, randomTokens(made, configurationOf(of, host.address)));
}

/** Words for the parts of bootstrap tokens that no configuration names. */
function randomTokens(made: ReadonlyMap<string, ApiObject>, configuration: string): Record<string, string> {
  const words: Record<string, string> = {};
  for (const [name, object] of made) {
    const id = /^Secret kube-system\/bootstrap-token-(.*)$/.exec(name)?.[1];
    if (id === undefined || configuration.includes(id)) continue;
    words[id] = "ID";
    words[atob((object["data"] as Record<string, string>)["token-secret"]!)] = "SECRET";
  }
  return words;
}

/** Takes back what was made: new objects go, nodes lose their marks. */
async function clear(
  api: Api,
  baseline: ReadonlyMap<string, ApiObject>,
  made: ReadonlyMap<string, ApiObject>,
): Promise<void> {
  for (const [name, object] of made) {
    if (!baseline.has(name)) await api.delete(object);
    else if (object.kind === "Node") {
      const gone = Object.keys(object.metadata.labels ?? {})
        .filter((label) => baseline.get(name)!.metadata.labels?.[label] === undefined);
      await api.patch(`/api/v1/nodes/${object.metadata.name}`, {
        metadata: { labels: Object.fromEntries(gone.map((label) => [label, null])) },
        spec: { taints: (baseline.get(name)!["spec"] as { taints?: unknown }).taints ?? null },
      });
    }
  }
}
