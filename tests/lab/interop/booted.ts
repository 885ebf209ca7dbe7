/**
 * Stage three: whole clusters on twin hosts, kubeadm's on one and kubewright's on the other.
 *
 * @module
 */

import { dnsOfLab, IGNORED_PREFLIGHT_ERRORS, kubeletConfiguration, kubeProxyConfiguration } from "../config.ts";
import type { Host } from "../host.ts";
import { PROGRAM } from "../kubewright.ts";
import { preparePeer } from "../peer.ts";
import { until } from "../process.ts";
import { binary, type Run } from "../scenario.ts";
import { type Case, configurationOf } from "./cases.ts";
import { type Outcome, rename } from "./compare.ts";
import { objectsByKubectl, objectsOutcome } from "./objects.ts";
import type { Tally } from "./tally.ts";
import { readTree, treeOutcome } from "./tree.ts";

const CONFIG = "/root/case.yaml";
const FOLDERS = ["/etc/kubernetes", "/var/lib/kubelet", "/var/lib/etcd"];

/** What the kubelet and etcd keep for themselves. */
const KEPT = "^/var/lib/kubelet/(pods|plugins|plugins_registry|device-plugins|pod-resources|checkpoints|pki)/|" +
  "^/var/lib/kubelet/[a-z_]*(state|_state)$|^/[a-z/]*/etcd/member|/kubelet.sock$";

/** A cluster that one of the two made. */
interface Cluster {
  host: Host;
  started: Date;
}

/** Boots both clusters, compares their objects and files, and cuts their power. */
export async function compareClusters(t: Run, of: Case, tally: Tally): Promise<void> {
  const hosts = await Promise.all(["a", "b"].map((twin) => t.host(`${of.name}-${twin}`)));
  try {
    const [theirs, ours] = await Promise.all([
      boot(hosts[0]!, of, "kubeadm"),
      boot(hosts[1]!, of, PROGRAM, ["--cni", "none"]),
    ]);
    // Controllers and kubelets need a moment for what they add.
    const settled = async () => {
      const both = await Promise.all([outcomeOf(theirs!, of), outcomeOf(ours!, of)]);
      if (tally.refuses(of.name, both[0], both[1])) return undefined;
      return both;
    };
    const both = await until("the twins to be the same", settled, { timeout: 20_000, interval: 2_000 })
      .catch(() => Promise.all([outcomeOf(theirs!, of), outcomeOf(ours!, of)]));
    t.log(tally.add(of.name, "booted", both[0]!, both[1]!));
  } finally {
    // A machine that is very busy may not manage that in time; the lab then does it at its end.
    await Promise.all(hosts.map((host) => host.kill().catch(() => {})));
  }
}

async function boot(host: Host, of: Case, program: string, flags: readonly string[] = []): Promise<Cluster> {
  await preparePeer(host);
  if (program === PROGRAM) await host.push(await binary(), PROGRAM);
  await host.shell([
    "sysctl -qw net.ipv6.conf.default.forwarding=1 net.ipv6.conf.all.forwarding=1",
    `ip address add ${address6(host)}/64 dev host0 nodad`,
    "ip route add default via fd00:77::1 dev host0",
  ].join("\n"));
  if (of.etcd) {
    await host.install("etcd");
    await host.shell("systemd-run --quiet --unit=lab-etcd etcd --data-dir /var/lib/lab-etcd");
  }
  const named = JSON.parse(
    JSON.stringify(of).replaceAll("ADDRESS6", address6(host)).replaceAll("ADDRESS", host.address),
  ) as Case;
  if (named.before) await host.shell(named.before);
  await host.write(CONFIG, configurationOf(forLab(named), host.address), 0o600);
  const started = new Date();
  await host.exec([program, "init", "--config", CONFIG, ...flags], { timeout: 300_000, env: named.env });
  return { host, started };
}

/** With what every kubelet and kube-proxy of the lab needs. */
function forLab(of: Case): Case {
  const nodeRegistration = {
    ignorePreflightErrors: IGNORED_PREFLIGHT_ERRORS,
    ...of.init?.["nodeRegistration"] as Record<string, unknown>,
  };
  return {
    ...of,
    init: { ...of.init, nodeRegistration },
    cluster: { ...dnsOfLab(), ...of.cluster },
    kubelet: kubeletConfiguration(of.kubelet),
    kubeProxy: kubeProxyConfiguration(of.kubeProxy),
  };
}

/** An IPv6 address with the last number of the IPv4 one. */
function address6(host: Host): string {
  return `fd00:77::${host.address.split(".").at(-1)}`;
}

async function outcomeOf({ host, started }: Cluster, of: Case): Promise<Outcome> {
  const folder = (of.cluster?.["certificatesDir"] ?? "/etc/kubernetes/pki") as string;
  const authority = await host.read(`${folder}/ca.crt`);
  const objects = await objectsOutcome(await objectsByKubectl(host), { authority, started });
  const tree = await readTree(host, [...FOLDERS, ...of.further ?? []], KEPT);
  const files = await treeOutcome(tree, started);
  const last = host.address.split(".").at(-1);
  return rename(new Map([...objects, ...files]), {
    [host.name]: "NODE",
    [host.address]: "ADDRESS",
    [address6(host)]: "ADDRESS6",
    [`FD00:77:0:0:0:0:0:${last}`]: "ADDRESS6",
  });
}
