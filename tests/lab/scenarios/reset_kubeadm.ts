import { IGNORED_PREFLIGHT_ERRORS, initConfiguration } from "../config.ts";
import type { Host } from "../host.ts";
import { CONFIG, init, kubewright, prepare } from "../kubewright.ts";
import { kubeadmInit, plainPodNetwork, preparePeer } from "../peer.ts";
import { podsRunning } from "../pods.ts";
import type { Run, Scenario } from "../scenario.ts";
import { until } from "../process.ts";
import { changedTraces, type Traces, traces } from "../traces.ts";

const IGNORED = `--ignore-preflight-errors=${IGNORED_PREFLIGHT_ERRORS.join(",")}`;

/** What differs from host to host and from run to run, and what is written in its place. */
const VARIABLE: readonly [RegExp, string][] = [
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UID"],
  [/[0-9a-f]{32,64}/g, "UID"],
  [/KUBE-(SEP|SVC|SVL|EXT|FW)-[A-Z2-7]{16}/g, "KUBE-$1"],
  [/(kube-proxy|coredns)(-[a-z0-9]+)+/g, "$1"],
  [/\bveth[0-9a-f]+/g, "veth"],
  [/\b10\.244\.0\.\d+/g, "POD"],
  [/kubelet-client-\d{4}-.*\.pem/g, "kubelet-client-DATE.pem"],
  [/\bkw\d+-\d+\b/g, "MACHINE"], // nspawn's own mounts
  [/\/\.#\S+/g, "NSPAWN"],
  [/(?<=\/var\/lib\/cni d )\d+/g, "MODE"], // of whichever plugin came first
];

/** Lines without that. */
function normalized(found: Traces, host: Host): Traces {
  const same = (line: string) =>
    VARIABLE.reduce(
      (text, [pattern, instead]) => text.replace(pattern, instead),
      line.replaceAll(host.address, "ADDRESS").replace(
        new RegExp(`(?<![a-z0-9])${host.name}(?![a-z0-9])`, "g"),
        "HOST",
      ),
    );
  return new Map([...found].map(([name, lines]) => [name, lines.map(same).sort()]));
}

/** kube-proxy has told the kernel of CoreDNS, in all its parts. */
async function proxied(host: Host): Promise<void> {
  await until("kube-proxy to have written its rules", async () => {
    const rules = await host.shell("iptables-save");
    return ["dns", "dns-tcp", "metrics"].every((port) => rules.split(`kube-system/kube-dns:${port} ->`).length === 3) &&
      (await host.shell("ip6tables-save")).includes("KUBE-SERVICES");
  }, { timeout: 60_000, interval: 500 });
}

async function twins(t: Run, [theirs, ours]: readonly [Host, Host]): Promise<void> {
  await t.step("kubeadm init on both", async () => {
    await Promise.all([theirs, ours].map((host) => kubeadmInit(host)));
    await Promise.all([theirs, ours].map((host) => plainPodNetwork([host])));
    await Promise.all([theirs, ours].map((host) => podsRunning(host, "kube-system", 120_000)));
    await Promise.all([theirs, ours].map(proxied));
  });
  const dry = await ours.exec(["kubewright", "reset", "--dry-run"]);
  t.includes(dry.stdout, "No changes were made", "the dry run");
  await t.step("kubeadm reset, and ours", async () => {
    await theirs.exec(["kubeadm", "reset", "--force"], { timeout: 120_000 });
    const { events } = await kubewright(ours, ["reset", "--force"]);
    t.equal(events.at(-1)!["maker"], "kubeadm", "who made the node");
  });
  const [a, b] = [normalized(await traces(theirs), theirs), normalized(await traces(ours), ours)];
  const lines = [...a.values()].reduce((sum, { length }) => sum + length, 0);
  t.equal(changedTraces(a, b), [], "the list of what kubeadm reset and kubewright reset leave differently");
  t.log(`${lines} lines of traces compared`);
}

async function members(host: Host): Promise<string[]> {
  await host.install("etcdctl");
  const pki = "/etc/kubernetes/pki/etcd";
  const { stdout } = await host.exec([
    ..."etcdctl --endpoints=https://127.0.0.1:2379 member list -w simple".split(" "),
    `--cacert=${pki}/ca.crt`,
    `--cert=${pki}/healthcheck-client.crt`,
    `--key=${pki}/healthcheck-client.key`,
  ]);
  return stdout.split("\n").filter(Boolean).map((line) => line.split(", ")[2]!);
}

async function stackedMember(t: Run, [first, second]: readonly [Host, Host]): Promise<void> {
  const join = await t.step("kubeadm init, for two control plane nodes", async () => {
    await first.write(
      "/root/kubeadm.yaml",
      initConfiguration({ address: first.address, controlPlaneEndpoint: `${first.address}:6443` }),
    );
    const argv = ["kubeadm", "init", "--config", "/root/kubeadm.yaml", "--upload-certs"];
    const { stdout } = await first.exec(argv, { timeout: 300_000 });
    return /kubeadm join (?:.*\\\n)+.*--control-plane --certificate-key \S+/.exec(stdout)![0].replaceAll("\\\n", " ")
      .split(/\s+/);
  });
  await t.step("kubeadm join --control-plane", () => second.exec([...join, IGNORED], { timeout: 300_000 }));
  t.equal((await members(first)).sort(), [first.name, second.name].sort(), "the list of etcd's members");
  await t.step("kubewright reset of the second", () => kubewright(second, ["reset", "--force"]));
  t.equal(await members(first), [first.name], "the list of etcd's members after reset");
  await t.step("the first one is healthy", () => first.kubectl("get", "--raw", "/readyz"));
  t.equal(
    await second.shell("ls -A /var/lib/etcd /etc/kubernetes/pki /etc/kubernetes/manifests"),
    "/etc/kubernetes/manifests:\n\n/etc/kubernetes/pki:\n\n/var/lib/etcd:",
    "what is left",
  );
}

export const scenario: Scenario = {
  name: "reset-kubeadm",
  summary:
    "clusters of kubeadm's: reset leaves what kubeadm reset leaves; a stacked etcd member goes; kubeadm resets ours",
  async run(t) {
    const hosts = await t.step("two hosts boot", () => Promise.all([t.host("k1"), t.host("k2")]));
    for (const host of hosts) {
      await prepare(host);
      await preparePeer(host);
      await host.install("kubectl", "kubeadm");
    }
    await twins(t, hosts);
    await stackedMember(t, hosts);
    const [k1] = hosts;
    await t.step("kubewright reset, then kubewright init on the same host", async () => {
      await kubewright(k1, ["reset", "--force"]);
      await k1.write(CONFIG, initConfiguration({ address: k1.address }), 0o600);
      await k1.exec(["sh", "-c", "rm -f /etc/cni/net.d/10-lab.conflist; ip link delete cni0 || true"]);
      await init(k1);
      await podsRunning(k1, "kube-system", 120_000);
    });
    await t.step("kubeadm reset of our cluster", () => k1.exec(["kubeadm", "reset", "--force"], { timeout: 120_000 }));
    t.equal(
      await k1.shell("ctr -n k8s.io containers list -q; grep -c kubelet/ /proc/self/mounts || true"),
      "0",
      "pods and mounts left",
    );
    const after = await t.step("kubewright reset after it", () => kubewright(k1, ["reset", "--force"]));
    t.equal(after.events.at(-1)!["maker"], "kubewright", "who made the node");
    t.equal(
      // kubeadm's own folders were there before ours, and stay.
      await k1.shell(
        "find /etc/kubernetes /var/lib/kubewright /var/lib/etcd /var/lib/kubelet ! -type d 2>/dev/null || true",
      ),
      "",
      "the files left",
    );
    await t.step("kubewright init once more", async () => {
      await init(k1);
      await podsRunning(k1, "kube-system", 120_000);
    });
    await t.noPulls();
  },
};
