import { IGNORED_PREFLIGHT_ERRORS } from "../config.ts";
import type { Host } from "../host.ts";
import { changesOf, CONFIG, init, joinArguments, kubewright, prepare, PROGRAM, type Ran } from "../kubewright.ts";
import { podsRunning } from "../pods.ts";
import type { Run, Scenario } from "../scenario.ts";

/** The phases of kubeadm's `init`, each alone, in its order. */
const INIT: readonly string[] = [
  "preflight",
  ...[
    ...["ca", "apiserver", "apiserver-kubelet-client", "front-proxy-ca", "front-proxy-client", "etcd-ca"],
    ...["etcd-server", "etcd-peer", "etcd-healthcheck-client", "apiserver-etcd-client", "sa"],
  ].map((name) => `certs ${name}`),
  ...["admin", "super-admin", "kubelet", "controller-manager", "scheduler"].map((name) => `kubeconfig ${name}`),
  "etcd local",
  ...["apiserver", "controller-manager", "scheduler"].map((name) => `control-plane ${name}`),
  ...["kubelet-start", "wait-control-plane", "upload-config kubeadm", "upload-config kubelet"],
  ...["upload-certs --upload-certs", "mark-control-plane", "bootstrap-token"],
  ...["kubelet-finalize enable-client-cert-rotation", "addon coredns", "addon kube-proxy", "show-join-command"],
];

/** Those of `join`; the ones of control plane nodes do nothing on a worker. */
const JOIN: readonly string[] = [
  ...["preflight", "control-plane-prepare all", "kubelet-start", "etcd-join", "kubelet-wait-bootstrap"],
  ...["control-plane-join all", "wait-control-plane"],
];

/** What a run changed: without what it waited for. */
function lasting(run: Ran): string[] {
  return changesOf(run).filter((change) => !change.includes('"kind":"wait"'));
}

/** Runs each phase alone; the last run. */
async function eachAlone(t: Run, host: Host, command: string, phases: readonly string[], flags: readonly string[]) {
  let last: Ran | undefined;
  let changes = 0;
  for (const phase of phases) {
    last = await kubewright(host, [command, "phase", ...phase.split(" "), ...flags]);
    changes += changesOf(last).length;
  }
  t.log(`${phases.length} phases of ${command}, each alone: ${changes} changes`);
  return last!;
}

/** Flags of single phases: kubeconfigs in another folder, another administrator's kubeconfig, a manifest. */
async function elsewhere(t: Run, k1: Host): Promise<void> {
  const phase = (...words: string[]) => kubewright(k1, ["init", "phase", ...words, "--config", CONFIG]);
  const before = await k1.shell("cat /etc/kubernetes/*.conf | sha256sum");
  await phase("kubeconfig", "all", "--kubeconfig-dir", "/root/other");
  t.equal(await k1.shell("cat /etc/kubernetes/*.conf | sha256sum"), before, "the digest of the host's own kubeconfigs");
  const files = (await k1.shell("stat -c '%a %n' /root/other/*")).split("\n");
  t.equal(files.length, 5, "the number of kubeconfigs in the other folder");
  t.equal(files.every((file) => file.startsWith("600 ")), true, "whether they are readable by root alone");
  const again = await phase("upload-config", "all", "--kubeconfig", "/root/other/super-admin.conf");
  t.equal(lasting(again), [], "the list of changes with another administrator's kubeconfig");
  const proxy = await k1.exec([
    PROGRAM,
    "init",
    "phase",
    "addon",
    "kube-proxy",
    "--print-manifest",
    "--config",
    CONFIG,
  ]);
  await k1.write("/root/manifest.yaml", proxy.stdout);
  const applied = await k1.kubectl(
    "apply",
    "--dry-run=server",
    "--force-conflicts",
    "--server-side",
    "-f",
    "/root/manifest.yaml",
  );
  t.includes(applied, "daemonset.apps/kube-proxy serverside-applied", "what the API server says of the manifest");
}

export const scenario: Scenario = {
  name: "phases",
  summary: "every phase of kubeadm's init and join, each alone in kubeadm's order, makes a cluster that works",
  async run(t) {
    const [k1, k2] = await t.step("two hosts boot", () => Promise.all([t.host("k1"), t.host("k2")]));
    await Promise.all([prepare(k1), prepare(k2)]);
    const shown = await t.step("init phase …", () => eachAlone(t, k1, "init", INIT, ["--config", CONFIG]));
    const command = joinArguments(shown);
    const ignore = `--ignore-preflight-errors=${IGNORED_PREFLIGHT_ERRORS.join(",")}`;
    await t.step("join phase …", () => eachAlone(t, k2, "join", JOIN, [...command.slice(1), ignore]));
    await elsewhere(t, k1);
    const rest = await t.step("init goes on", () => init(k1));
    const left = lasting(rest);
    t.equal(
      left.filter((change) => !/flannel/.test(change)),
      [],
      "the list of changes of init, without the pod network",
    );
    t.log(`init adds the pod network: ${left.length} changes`);
    await k1.kubectl("wait", "--for=condition=Ready", "node/k1", "node/k2", "--timeout=120s");
    await t.step("all of kube-system runs", () => podsRunning(k1, "kube-system", 120_000));
    await t.noPulls();
  },
};
