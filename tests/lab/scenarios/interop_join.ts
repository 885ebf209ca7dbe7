import { IGNORED_PREFLIGHT_ERRORS } from "../config.ts";
import type { Host } from "../host.ts";
import {
  changesOf,
  CONFIG,
  differingObjects,
  differingPaths,
  init,
  join,
  joinArguments,
  kubewright,
  objectsOf,
  prepare,
  PROGRAM,
  TOKEN,
  WATCHED,
} from "../kubewright.ts";
import { ALLOWED } from "../interop/allowed.ts";
import { allowanceFor, compare, type Outcome } from "../interop/compare.ts";
import { objectsByKubectl, objectsOutcome } from "../interop/objects.ts";
import { until } from "../process.ts";
import { kubeadmInit, kubeadmJoin, plainPodNetwork, preparePeer } from "../peer.ts";
import { podsRunning } from "../pods.ts";
import type { Run, Scenario } from "../scenario.ts";
import { worksAcross } from "../across.ts";
import { release } from "../versions.ts";

/** kubeadm on a host, as administrator; returns its standard output. */
async function kubeadm(host: Host, ...argv: string[]): Promise<string> {
  const env = { KUBECONFIG: "/etc/kubernetes/admin.conf" };
  return (await host.exec(["kubeadm", ...argv], { env, timeout: 180_000 })).stdout;
}

/** Both hosts have both programs, and a pod network that is nobody's add-on. */
async function pair(t: Run, names: readonly [string, string]): Promise<[Host, Host]> {
  const hosts = await Promise.all(names.map((name) => t.host(name)));
  for (const host of hosts) {
    await preparePeer(host);
    await prepare(host, { token: TOKEN });
  }
  await plainPodNetwork(hosts);
  return hosts as [Host, Host];
}

/** The phases of `init` that can be run again on a cluster that is there. */
const PHASES = [
  "certs all",
  "kubeconfig all",
  "etcd local",
  "control-plane all",
  "upload-config all",
  "mark-control-plane",
  "bootstrap-token",
  "kubelet-finalize all",
  "addon all",
];

/** What may come out differently when the other program writes what is there: its text, not what it says. */
const REWRITTEN =
  /^\/etc\/kubernetes(\/manifests\/[a-z-]+\.yaml|\/manifests|\/pki|\/pki\/etcd|\/kubelet\.conf)?$|^\/var\/lib\/(kubelet\/(config|instance-config)\.yaml|kubewright(\/receipt\.jsonl)?)$/;

/** kubeadm's commands on a cluster that kubewright made. */
async function kubeadmUnderstands(t: Run, host: Host): Promise<void> {
  const expiry = JSON.parse(await kubeadm(host, "certs", "check-expiration", "-o", "json"));
  t.equal(expiry.certificates.length, 11, "the number of certificates that kubeadm finds");
  t.equal(expiry.certificateAuthorities.length, 3, "the number of authorities that kubeadm finds");
  t.equal([...expiry.certificates, ...expiry.certificateAuthorities].filter((c) => c.missing), [], "the missing ones");
  t.includes(await kubeadm(host, "token", "list"), TOKEN, "kubeadm's list of tokens");
  const stored = await host.kubectl("-n", "kube-system", "get", "cm", "kubeadm-config", "-o", "jsonpath={.data.*}");
  await host.write("/root/stored.yaml", stored);
  t.includes(
    await kubeadm(host, "config", "validate", "--config", "/root/stored.yaml"),
    "ok",
    "kubeadm config validate",
  );
  await host.shell(`${PROGRAM} config print init-defaults >/root/printed.yaml`);
  t.includes(
    await kubeadm(host, "config", "validate", "--config", "/root/printed.yaml"),
    "ok",
    "kubeadm config validate",
  );
  const created = (await kubeadm(host, "token", "create", "--print-join-command")).trim();
  t.includes(created, /^kubeadm join .* --token .* --discovery-token-ca-cert-hash sha256:/, "kubeadm token create");
  await kubeadm(host, "certs", "renew", "all");
  const renewed = JSON.parse(await kubeadm(host, "certs", "check-expiration", "-o", "json"));
  t.equal(renewed.certificates.length, 11, "the number of certificates after kubeadm has renewed them");
  const ignored = `--ignore-preflight-errors=${[...IGNORED_PREFLIGHT_ERRORS, "CreateJob"].join(",")}`;
  const plan = await kubeadm(host, "upgrade", "plan", release().kubernetes, ignored);
  t.includes(plan, `Target version: ${release().kubernetes}`, "kubeadm upgrade plan");
}

/** Every object by what it says. */
async function said(host: Host): Promise<Outcome> {
  const authority = await host.read("/etc/kubernetes/pki/ca.crt");
  return await objectsOutcome(await objectsByKubectl(host), { authority, started: new Date() });
}

/** What two listings of a cluster differ in, without what means the same, and how long tokens are still good. */
function changes(before: Outcome, after: Outcome): string[] {
  return compare(before, after).differences
    .filter((found) => {
      const turned = { ...found, kubeadm: found.kubewright, kubewright: found.kubeadm };
      return !found.path.endsWith("expiration") && !allowanceFor(found, ALLOWED, "") &&
        !allowanceFor(turned, ALLOWED, "");
    })
    .map(({ document, path, kubeadm, kubewright }) => `${document} ${path}: ${kubeadm}, then ${kubewright}`);
}

/** One program's phases, one after another, on a cluster that the other made: only texts may change, not what they say. */
async function phasesChangeNothing(t: Run, host: Host, program: string, config: string): Promise<void> {
  const flags = program === PROGRAM ? ["--cni", "none"] : [];
  const [files, objects] = [await host.snapshot(WATCHED), await said(host)];
  for (const phase of PHASES) {
    await t.step(`${program.replace(/.*\//, "")} init phase ${phase}`, async () => {
      await host.exec([program, "init", "phase", ...phase.split(" "), "--config", config, ...flags]);
    });
  }
  const paths = differingPaths(files, await host.snapshot(WATCHED)).filter((path) => !REWRITTEN.test(path));
  t.equal(paths, [], "the list of changed paths");
  // The controller manager signs cluster-info again.
  const found = async () => changes(objects, await said(host));
  await until("cluster-info to be signed", async () => (await found()).length === 0, {
    timeout: 30_000,
    interval: 2_000,
  })
    .catch(() => {});
  t.equal(await found(), [], "the list of what objects say differently");
  t.log(`${PHASES.length} phases changed nothing in ${files.size} paths and ${objects.size} objects`);
  await t.step("the control plane runs on", () => podsRunning(host, "kube-system", 180_000));
}

/** kubewright's commands on a cluster that kubeadm made. */
async function kubewrightUnderstands(t: Run, host: Host): Promise<void> {
  const result = async (...argv: string[]) => (await host.exec([PROGRAM, ...argv, "--output", "json"])).stdout;
  t.includes(await result("token", "list"), TOKEN, "kubewright token list");
  t.includes(await result("token", "create", "--print-join-command"), "joinCommand", "kubewright token create");
  const expiry = JSON.parse(await result("certs", "check-expiration"));
  t.equal(expiry.certificates.length, 11, "the number of certificates that kubewright finds");
  await result("certs", "renew", "all");
  const renewed = JSON.parse(await kubeadm(host, "certs", "check-expiration", "-o", "json"));
  t.equal(renewed.certificates.length, 11, "the number of certificates after kubewright has renewed them");
  const status = await host.exec([PROGRAM, "status"], { check: false });
  t.log(`kubewright status: exit code ${status.code}`);
}

async function theirWorkerOurCluster(t: Run): Promise<void> {
  const [k1, k2] = await t.step("two hosts boot", () => pair(t, ["o1", "o2"]));
  const initialized = await t.step("kubewright init", () => init(k1, "--cni", "none"));
  await t.step("kubeadm join", () => kubeadmJoin(k2, ["kubeadm", ...joinArguments(initialized)]));
  await t.step("both nodes Ready", () => ready(k1, ["o1", "o2"]));
  await t.step("all of kube-system runs", () => podsRunning(k1, "kube-system", 180_000));
  await phasesChangeNothing(t, k1, "kubeadm", CONFIG);
  await t.step("kubeadm understands the cluster", () => kubeadmUnderstands(t, k1));
  await worksAcross(t, k1, ["o1", "o2"]);
  await end(t, [k1, k2]);
}

async function ourWorkerTheirCluster(t: Run): Promise<void> {
  const [k1, k2] = await t.step("two hosts boot", () => pair(t, ["t1", "t2"]));
  const { join: command } = await t.step("kubeadm init", () => kubeadmInit(k1, { token: TOKEN }));
  await t.step("kubewright join", () => join(k2, command.slice(1)));
  await t.step("both nodes Ready", () => ready(k1, ["t1", "t2"]));
  await t.step("all of kube-system runs", () => podsRunning(k1, "kube-system", 180_000));
  const [files, objects] = [await k1.snapshot(WATCHED), await objectsOf(k1)];
  const refused = await t.step("kubewright init on kubeadm's cluster is refused", () => {
    return kubewright(k1, ["init", "--config", "/root/kubeadm.yaml", "--cni", "none"], { check: false });
  });
  t.equal(refused.code, 2, "the exit code of init on kubeadm's cluster");
  t.equal(changesOf(refused), [], "the list of changes of a refused init");
  t.equal(differingPaths(files, await k1.snapshot(WATCHED)), [], "the list of paths that a refused init changed");
  t.equal(differingObjects(objects, await objectsOf(k1)), [], "the list of objects that a refused init changed");
  t.log(JSON.stringify(refused.events.at(-1)));
  await phasesChangeNothing(t, k1, PROGRAM, "/root/kubeadm.yaml");
  await t.step("kubewright understands the cluster", () => kubewrightUnderstands(t, k1));
  await worksAcross(t, k1, ["t1", "t2"]);
  await end(t, [k1, k2]);
}

/** No image was pulled; then the hosts make room for others. */
async function end(t: Run, hosts: readonly Host[]): Promise<void> {
  for (const host of hosts) t.equal(await host.pullAttempts(), [], `the list of images that ${host.name} pulled`);
  await Promise.all(hosts.map((host) => host.kill()));
}

async function ready(host: Host, names: readonly string[]): Promise<void> {
  await host.kubectl("wait", "--for=condition=Ready", "node", ...names, "--timeout=120s");
}

export const scenario: Scenario = {
  name: "interop-join",
  summary: "kubeadm joins our cluster, we join kubeadm's; the commands and phases of each work on what the other made",
  async run(t) {
    await theirWorkerOurCluster(t);
    await ourWorkerTheirCluster(t);
  },
};
