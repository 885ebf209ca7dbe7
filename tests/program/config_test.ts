/**
 * `config …`, beside what kubeadm 1.37.2 printed (`kubeadm-1.37.2/`, the host's name replaced by k1).
 * @module
 */
import assert from "node:assert/strict";
import { fake } from "../fakes/fake.ts";
import type { ContainerRuntime } from "../../src/system.ts";
import { FIT, run, RUNTIME, unfit } from "./program.ts";

const recorded = (name: string) => Deno.readTextFile(new URL(`./kubeadm-1.37.2/${name}`, import.meta.url));

const HOST = unfit({ hostname: "K1" });

const PRINTED: readonly (readonly [string, string])[] = [
  [
    "config print init-defaults --component-configs KubeletConfiguration,KubeProxyConfiguration",
    "init-defaults.yaml",
  ],
  ["config print join-defaults", "join-defaults.yaml"],
  ["config print reset-defaults", "reset-defaults.yaml"],
  ["config print upgrade-defaults", "upgrade-defaults.yaml"],
  ["config images list -o yaml", "images.yaml"],
  ["config images list -o json", "images.json"],
];
for (const [command, file] of PRINTED) {
  Deno.test(`${command} prints what kubeadm prints, byte for byte`, async () => {
    const { code, out, err } = await run(command.split(" "), HOST);
    assert.deepEqual([code, err], [0, ""]);
    assert.equal(out, await recorded(file));
  });
}

Deno.test("config print: documents as JSON; a component that does not exist is refused", async () => {
  const { documents } = await run(["config", "print", "init-defaults", "-o", "json"]);
  assert.deepEqual(documents.map(({ kind }) => kind), ["InitConfiguration", "ClusterConfiguration"]);
  const { code, err } = await run(["config", "print", "init-defaults", "--component-configs", "KubeletConfigurations"]);
  assert.equal(code, 3);
  assert.match(
    err,
    /--component-configs: must be one of .*; got "KubeletConfigurations"; did you mean "KubeletConfiguration"\?/,
  );
});

Deno.test("what print prints, validate accepts", async () => {
  for (const kind of ["init", "join", "reset", "upgrade"]) {
    const { out } = await run(["config", "print", `${kind}-defaults`]);
    const answer = await run(["config", "validate", "--config", "-"], FIT, out);
    assert.deepEqual([answer.code, answer.out, answer.err], [0, "ok\n", ""]);
  }
});

const HEAD = "apiVersion: kubeadm.k8s.io/v1beta4\nkind:";

Deno.test("config validate: every problem of every document, each with its place", async () => {
  const text = `${HEAD} ClusterConfiguration
networking: {podSubnet: 10.0.0.0}
---
${HEAD} JoinConfiguration
discovery: {bootstrapToken: {token: x, apiServerEndpoint: 'a:1', unsafeSkipCAVerification: true}}
---
${HEAD} ResetConfiguration
unmountFlags: [MNT]
---
${HEAD} UpgradeConfiguration
apply: {patches: {directory: here}}
---
apiVersion: apps/v1
kind: Deployment
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
maxPod: 1
`;
  const { code, out, err } = await run(["config", "validate", "--config", "-", "-o", "json"], FIT, text);
  assert.deepEqual([code, out], [3, ""]);
  const { problems } = JSON.parse(err) as { problems: Record<string, unknown>[] };
  assert.deepEqual(problems.map(({ where, line, column }) => `${where} ${line}:${column}`).sort(), [
    "ClusterConfiguration.networking.podSubnet 3:25",
    "Deployment 17:1",
    "JoinConfiguration.discovery.bootstrapToken.token 7:37",
    "KubeletConfiguration.maxPod 22:1",
    "ResetConfiguration.unmountFlags[0] 11:16",
    "UpgradeConfiguration.apply.patches.directory 15:30",
  ]);
  assert.ok(problems.every(({ source }) => source === "standard input"));
});

Deno.test("config validate: no host is needed, warnings are told once, a file has to be named and to be there", async () => {
  const bare = { files: {}, environment: {}, commands: {} };
  const text = `${HEAD} InitConfiguration\nnodeRegistration: {criSocket: /run/a.sock}\n---\n${HEAD} JoinConfiguration
discovery: {file: {kubeConfigPath: /a}}\ncontrolPlane: {}\n`;
  const { code, out, err } = await run(["config", "validate", "--config", "-"], bare, text);
  assert.deepEqual([code, out], [0, "ok\n"]);
  assert.equal(err.match(/^warning: /gm)?.length, 1);
  assert.match((await run(["config", "validate"])).err, /"config validate" requires --config/);
  assert.equal((await run(["config", "validate", "--config", "/none"])).code, 3);
  assert.match(
    (await run(["config", "validate", "--config", "-"], FIT, "# nothing\n")).err,
    /no documents found/,
  );
});

Deno.test("config validate: deprecated and experimental versions have to be allowed", async () => {
  const old = "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\n";
  const warned = await run(["config", "validate", "--config", "-"], FIT, old);
  assert.match(warned.err, /ClusterConfiguration .*"kubeadm.k8s.io\/v1beta3" is deprecated/);
  assert.equal((await run(["config", "validate", "--allow-deprecated-api", "--config", "-"], FIT, old)).err, "");
  const coming = `apiVersion: kubeadm.k8s.io/v1\nkind: ClusterConfiguration
scheduler: {extraArgs: [{name: v, value: '4', mergeMethod: append}]}\n`;
  const refused = await run(["config", "validate", "--config", "-"], FIT, coming);
  assert.equal(refused.code, 3);
  assert.match(refused.err, /v1" is experimental; use "kubeadm.k8s.io\/v1beta4", or set --allow-experimental-api/);
  const allowed = await run(["config", "validate", "--allow-experimental-api", "--config", "-"], FIT, coming);
  assert.equal(allowed.code, 0);
  assert.match(allowed.err, /mergeMethod .*is experimental and ignored/);
});

Deno.test("config migrate: v1beta3 becomes v1beta4, printed or written, not in a dry run", async () => {
  const old = await Deno.readTextFile(new URL("./v1beta3.yaml", import.meta.url));
  const host = unfit({}, { "/etc/old.yaml": old });
  const args = ["config", "migrate", "--old-config", "/etc/old.yaml"];
  const printed = await run(args, host);
  assert.deepEqual([printed.code, printed.err], [0, ""]);
  assert.match(
    printed.out,
    /^ {2}extraArgs:\n {2}- name: a-arg\n {4}value: "true"\n {2}- name: z-arg\n {4}value: "1"$/m,
  );
  assert.match(printed.out, /^ {2}controlPlaneComponentHealthCheck: 7m0s$/m);
  assert.match(
    printed.out,
    /^---\napiVersion: kubelet.config.k8s.io\/v1beta1\nkind: KubeletConfiguration\nmaxPods: 50$/m,
  );
  assert.doesNotMatch(printed.out, /v1beta3/);
  assert.equal((await run(["config", "validate", "--config", "-"], FIT, printed.out)).out, "ok\n");

  const written = await run([...args, "--new-config", "/root/new.yaml"], host);
  assert.equal(written.out, "/root/new.yaml: InitConfiguration, ClusterConfiguration, KubeletConfiguration\n");
  const changes = written.changes.map((change) => change.kind === "write" ? [change.path, change.mode] : change.kind);
  assert.deepEqual(changes.at(-1), ["/root/new.yaml", 0o600]);
  assert.ok(!changes.flat().some((path) => String(path).includes("receipt")));
  const relative = await run([...args, "--new-config", "./new.yaml"], host);
  assert.deepEqual([relative.code, relative.out], [0, written.out]);
  assert.equal((await run([...args, "--new-config", "new.yaml/"], host)).code, 1);
  const dry = await run([...args, "--new-config", "/root/new.yaml", "--dry-run"], host);
  assert.deepEqual(dry.changes, []);
  assert.match((await run(["config", "migrate"])).err, /"config migrate" requires --old-config/);
});

Deno.test("config images list: as the configuration and the flags say", async () => {
  const list = async (...flags: string[]) => (await run(["config", "images", "list", ...flags])).out.trim().split("\n");
  assert.deepEqual(await list("--kubernetes-version", "v1.36.3"), [
    "registry.k8s.io/kube-apiserver:v1.36.3",
    "registry.k8s.io/kube-controller-manager:v1.36.3",
    "registry.k8s.io/kube-scheduler:v1.36.3",
    "registry.k8s.io/kube-proxy:v1.36.3",
    "registry.k8s.io/coredns/coredns:v1.14.2",
    "registry.k8s.io/pause:3.10.2",
    "registry.k8s.io/etcd:3.6.8-0",
  ]);
  assert.equal((await list("--image-repository", "r.example/k8s"))[4], "r.example/k8s/coredns:v1.14.6");
  const refused = await run(["config", "images", "list", "--feature-gates", "Nonesuch=true"]);
  assert.match(refused.err, /--feature-gates: unknown feature gate/);
  const mixed = await run(["config", "images", "list", "--config", "/etc/quick.yaml", "--image-repository", "a"]);
  assert.match(mixed.err, /--image-repository: cannot be combined with --config/);
});

Deno.test("config: a group is no command, and says what belongs to it", async () => {
  const { code, err } = await run(["config", "print"]);
  assert.equal(code, 3);
  assert.match(
    err,
    /"config print" requires a subcommand: init-defaults, .*\n {2}No changes were made\.\n {2}next: .*config print --help/,
  );
  const meant = (await run(["config", "print", "init-default"])).err;
  assert.match(
    meant,
    /unknown command "config print init-default"; did you mean config print init-d/,
  );
  assert.match((await run(["config", "imgaes"])).err, /unknown command "config imgaes"/);
});

Deno.test("config images pull: each image, a line each; a dry run pulls none", async () => {
  const pulled: string[] = [];
  const runtime = (socket: string) =>
    fake<ContainerRuntime>("container runtime", {
      socket,
      version: () => RUNTIME.version(),
      hasImage: () => Promise.resolve(true),
      image: () => Promise.resolve(undefined),
      pullImage: (image: string) => Promise.resolve(void pulled.push(image)),
    });
  const { code, out } = await run(["config", "images", "pull", "--cri-socket", "unix:///run/a"], FIT, "", { runtime });
  assert.equal(code, 0);
  assert.equal(pulled.length, 7);
  assert.equal(out, pulled.map((image) => `pulled ${image}\n`).join(""));
  const dry = await run(["config", "images", "pull", "--dry-run"], FIT, "", { runtime });
  assert.equal(pulled.length, 7);
  assert.match(dry.out, /^pull {7}registry.k8s.io\/kube-apiserver:v1.37.2$/m);
});
