import assert from "node:assert/strict";
import { SPECS } from "../../src/dispatch.ts";
import { flagsOf } from "../../src/cli/flags.ts";
import { phases as initPhases } from "../../src/commands/init.ts";
import { phases as joinPhases } from "../../src/commands/join.ts";
import { parseDocuments } from "../../src/config/yaml.ts";
import { run, unfit } from "./program.ts";

/** Flags that every command of kubeadm v1.37.2 has. */
const GLOBAL = ["help", "rootfs", "v", "vmodule"];

/** Further flags of kubeadm v1.37.2, by command. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  "init": [
    ...["apiserver-advertise-address", "apiserver-bind-port", "apiserver-cert-extra-sans", "cert-dir"],
    ...["certificate-key", "config", "control-plane-endpoint", "cri-socket", "dry-run", "feature-gates"],
    ...["ignore-preflight-errors", "image-repository", "kubernetes-version", "node-name", "patches"],
    ...["pod-network-cidr", "service-cidr", "service-dns-domain", "skip-certificate-key-print", "skip-phases"],
    ...["skip-token-print", "token", "token-ttl", "upload-certs"],
  ],
  "init phase": ["kubeconfig", "kubeconfig-dir", "print-manifest"],
  "join": [
    ...["apiserver-advertise-address", "apiserver-bind-port", "certificate-key", "config", "control-plane"],
    ...["cri-socket", "discovery-file", "discovery-token", "discovery-token-ca-cert-hash"],
    ...["discovery-token-unsafe-skip-ca-verification", "dry-run", "ignore-preflight-errors", "node-name", "patches"],
    ...["skip-phases", "tls-bootstrap-token", "token"],
  ],
};

/** Phases of kubeadm v1.37.2 with all below them. */
const CERTIFICATES = [
  ...["ca", "apiserver", "apiserver-kubelet-client", "front-proxy-ca", "front-proxy-client", "etcd-ca", "etcd-server"],
  ...["etcd-peer", "etcd-healthcheck-client", "apiserver-etcd-client", "sa"],
];
const below = (parent: string, names: readonly string[]) => [parent, ...names.map((name) => `${parent}/${name}`)];
const INIT_PHASES = [
  "preflight",
  ...below("certs", CERTIFICATES),
  ...below("kubeconfig", ["admin", "super-admin", "kubelet", "controller-manager", "scheduler"]),
  ...below("etcd", ["local"]),
  ...below("control-plane", ["apiserver", "controller-manager", "scheduler"]),
  ...["kubelet-start", "wait-control-plane"],
  ...below("upload-config", ["kubeadm", "kubelet"]),
  ...["upload-certs", "mark-control-plane", "bootstrap-token"],
  ...below("kubelet-finalize", ["enable-client-cert-rotation"]),
  ...below("addon", ["coredns", "kube-proxy"]),
  "show-join-command",
];
const JOIN_PHASES = [
  "preflight",
  ...below("control-plane-prepare", ["download-certs", "certs", "kubeconfig", "control-plane"]),
  ...["kubelet-start", "etcd-join", "kubelet-wait-bootstrap"],
  ...below("control-plane-join", ["mark-control-plane"]),
  "wait-control-plane",
];

Deno.test("init and join have every flag of kubeadm", () => {
  for (const [name, wanted] of Object.entries(FLAGS)) {
    const flags = flagsOf(SPECS.find((command) => command.name === name)!).map((flag) => flag.name);
    assert.deepEqual([...wanted, ...GLOBAL].filter((flag) => !flags.includes(flag)), [], name);
  }
});

Deno.test("init and join have every phase of kubeadm, those of join in its order", () => {
  const init = initPhases().map(({ path }) => path);
  assert.deepEqual(INIT_PHASES.filter((path) => !init.includes(path)), []);
  assert.deepEqual(joinPhases().map(({ path }) => path).filter((path) => JOIN_PHASES.includes(path)), JOIN_PHASES);
});

const HASH = `sha256:${"0".repeat(64)}`;
const JOIN = ["join", "192.0.2.1:6443", "--token", "abcdef.0123456789abcdef", "--discovery-token-ca-cert-hash", HASH];
const KEY = "0123456789abcdef".repeat(4);

/** The refusal of a command line: exit code 3, and what it says. */
async function refusal(...args: string[]): Promise<string> {
  const { code, out, err } = await run(args);
  assert.equal(code, 3, `${args.join(" ")}\n${out}${err}`);
  assert.doesNotMatch(out + err, new RegExp(KEY));
  return err;
}

Deno.test("join: what is for control plane nodes is refused, not passed over", async () => {
  assert.match(await refusal(...JOIN, "--control-plane"), /--control-plane: .*not supported yet/);
  assert.match(
    await refusal(...JOIN, "--certificate-key", KEY),
    /--certificate-key: requires --control-plane$/m,
  );
  for (const [flag, value] of [["--apiserver-advertise-address", "192.0.2.2"], ["--apiserver-bind-port", "7443"]]) {
    assert.match(await refusal(...JOIN, flag!, value!), new RegExp(`${flag}: requires --control-plane$`, "m"));
  }
  const phase = await run(["join", "phase", "control-plane-prepare", "all", ...JOIN.slice(1)]);
  assert.equal(phase.code, 0, phase.err);
  assert.match(phase.out, /Phase control-plane-prepare was skipped: it is for control plane nodes/);
});

Deno.test("init: certificate keys, manifests, other folders, gates and roots", async () => {
  assert.match(await refusal("init", "--certificate-key", KEY.slice(1)), /--certificate-key: .*64 hexadecimal digits/);
  assert.match(
    await refusal("init", "--certificate-key", KEY, "--certificate-key-file", "/k"),
    /--certificate-key and --certificate-key-file are mutually exclusive/,
  );
  assert.match(
    await refusal("init", "phase", "certs", "all", "--print-manifest"),
    /--print-manifest: requires one of the phases addon, /,
  );
  assert.match(
    await refusal("init", "phase", "certs", "all", "--kubeconfig-dir", "/x"),
    /--kubeconfig-dir: requires the phase kubeconfig/,
  );
  assert.match(await refusal("init", "--feature-gates", "RootlessControlPlane=true"), /must be false; got true/);
  assert.match(await refusal("init", "--rootfs", "/mnt"), /--rootfs: is not supported; .*chroot/);
  assert.match(
    await refusal("token", "create", "--certificate-key", KEY),
    /--certificate-key: requires --print-join-command/,
  );
  assert.match(await refusal("init", "--patches", "/none"), /directory "\/none" not found/);
  const certificates = await run(["init", "phase", "certs", "ca", "--patches", "/none"]);
  assert.equal(certificates.code, 0, `patches are of no use to certificates: ${certificates.err}`);
});

Deno.test("init phase addon --print-manifest prints what would be installed, patches and all, and changes nothing", async () => {
  const files = { "/p/corednsdeployment.yaml": "spec: {replicas: 7}\n" };
  const args = ["init", "phase", "addon", "all", "--print-manifest", "--vmodule", "a=1", "--patches", "/p"];
  const { code, out, err } = await run(args, unfit({}, files));
  assert.equal(code, 0, err);
  const kinds = [...out.matchAll(/^kind: (\w+)$/gm)].map(([, kind]) => kind);
  for (const kind of ["ConfigMap", "Deployment", "Service", "DaemonSet", "ClusterRoleBinding"]) {
    assert(kinds.includes(kind));
  }
  assert.match(out, /^ {2}replicas: 7$/m);
  for (const more of [[], ["--dry-run"]]) {
    const printed = await run([...args, ...more], unfit({}, files));
    const documents = parseDocuments(printed.out, "what is printed"); // throws when there is anything but objects
    assert.deepEqual(documents.map(({ body }) => body["kind"]), kinds);
  }
  const disabled = {
    "/c.yaml": `apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\ndns: {disabled: true}\n`,
  };
  const printed = await run(
    ["init", "phase", "addon", "coredns", "--print-manifest", "--config", "/c.yaml"],
    unfit({}, disabled),
  );
  assert.match(printed.out, /^ {2}name: coredns$/m, "of a disabled one, too");
  const proxy = await run(["init", "phase", "addon", "kube-proxy", "--print-manifest"]);
  assert.doesNotMatch(proxy.out, /coredns/);
});

Deno.test("init phase upload-certs without --upload-certs reports that it was skipped", async () => {
  const { code, out } = await run(["init", "phase", "upload-certs"]);
  assert.equal(code, 0);
  assert.match(out, /Phase upload-certs was skipped: it requires --upload-certs/);
});
