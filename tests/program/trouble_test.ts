import assert from "node:assert/strict";
import { SPECS } from "../../src/dispatch.ts";
import { COMMON_FLAGS } from "../../src/cli/flags.ts";
import { FIT, QUICK, run, unfit } from "./program.ts";

const HASH = `sha256:${"0".repeat(64)}`;
const TOKEN = "abcdef.0123456789abcdef";
const JOIN = ["join", "192.0.2.1", "--token", TOKEN, "--discovery-token-ca-cert-hash", HASH];

Deno.test("a command or flag that does not exist: 3, with the nearest name", async () => {
  const command = await run(["ini"]);
  assert.equal(command.code, 3);
  assert.match(command.err, /unknown command "ini"; did you mean init\?\n {2}No changes were made\.\n {2}next: /);
  const flags = await run(["join", "--tokenn", "x", "--nod-name=y"]);
  assert.equal(flags.code, 3);
  assert.match(flags.err, /did you mean --token\?[\s\S]*did you mean --node-name\?/);
  assert.equal((await run([])).code, 3);
  assert.match((await run(["init", "--output", "xml"])).err, /--output: must be one of text, json, yaml; got "xml"/);
});

Deno.test("help of each command lists every one of its flags, and every phase of init", async () => {
  for (const { name, flags } of SPECS) {
    for (const args of [[name, "--help"], ["help", name], [name, "-h"]]) {
      const { code, out } = await run(args);
      assert.equal(code, 0);
      for (const flag of [...flags, ...COMMON_FLAGS]) {
        assert.match(out, new RegExp(`^ {2}(-., | {4})--${flag.name}\\b`, "m"));
      }
    }
  }
  assert.match((await run(["init", "--help"])).out, /^ {2}certs\/apiserver-etcd-client\b/m);
  assert.match((await run(["--help"])).out, /^ {2}join /m);
});

Deno.test("wrong settings: 3, all at once, by flag, and without the token", async () => {
  const { code, err } = await run([
    "init",
    "--pod-network-cidr=10.0.0.0/99",
    "--token=abcdef.0123456789abcde",
    "--node-name=a_b",
    "--kubernetes-version=1.2.3",
  ]);
  assert.equal(code, 3);
  for (const flag of ["--pod-network-cidr", "--token", "--node-name", "--kubernetes-version"]) {
    assert.match(err, new RegExp(`^ {2}${flag}: `, "m"));
  }
  assert.match(err, /^ {2}No changes were made\.\n {2}next: Fix the problems above and rerun the command\.$/m);
  assert.doesNotMatch(err, /0123456789abcde/);
});

Deno.test("a wrong configuration: 3, all at once, by field path, under the file's name", async () => {
  const text = [
    "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nnetworking: {podSubnt: x, serviceSubnet: y}",
    "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\nbootstrapTokens: [{token: secret.value}]",
    "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfigurations",
  ].join("\n---\n");
  for (const [path, name] of [["/etc/c.yaml", "/etc/c.yaml"], ["-", "standard input"]] as const) {
    const { code, err } = await run(["init", "--config", path], unfit({}, { "/etc/c.yaml": text }), text);
    assert.equal(code, 3);
    assert.match(err, new RegExp(`Cannot use "${name}":`));
    assert.match(err, /ClusterConfiguration\.networking\.podSubnt.*did you mean "podSubnet"/);
    assert.match(err, /ClusterConfiguration\.networking\.serviceSubnet/);
    assert.match(err, /InitConfiguration\.bootstrapTokens\[0\]\.token/);
    assert.match(
      err,
      /InitConfigurations \(.*:9:1\): unknown kubeadm.k8s.io\/v1beta4 kind "InitConfigurations"; did you mean "InitConfiguration"/,
    );
    assert.doesNotMatch(err, /secret\.value/);
  }
  assert.match((await run(["init", "--config", "/none"])).err, /Cannot read --config "\/none": no such file\n/);
});

Deno.test("not root: 2, and nothing else is complained about", async () => {
  for (const args of [["init"], JOIN]) {
    const { code, err } = await run(args, unfit({ uid: 1000, takenPorts: [6443, 10250] }));
    assert.equal(code, 2);
    assert.match(err, /IsPrivilegedUser: the user id is 1000, must be 0 \(root\)\n {4}fix: Run the command as root/);
    assert.doesNotMatch(err, /Port-/);
  }
});

Deno.test("a host that is not fit: 2, all at once", async () => {
  const host = unfit({ takenPorts: [6443, 10250], cpus: 1, commands: {} }, {
    "/proc/swaps": "Filename\n/dev/sda2 partition\n",
    "/proc/meminfo": "MemTotal: 1000000 kB\n",
    "/proc/sys/net/ipv4/ip_forward": "0\n",
    "/etc/kubernetes/manifests/etcd.yaml": "kind: Pod",
    "/var/lib/etcd/member/db": "x",
  });
  const { code, err } = await run(["init"], host);
  assert.equal(code, 2);
  const checks = [...err.matchAll(/^ {2}([A-Z][\w.-]*): /gm)].map(([, check]) => check);
  assert.deepEqual(checks.sort(), [
    "DirAvailable--var-lib-etcd",
    "FileAvailable--etc-kubernetes-manifests-etcd.yaml",
    "FileContent--proc-sys-net-ipv4-ip_forward",
    "FileExisting-kubelet",
    "Mem",
    "NumCPU",
    "Port-10250",
    "Port-6443",
    "Swap",
  ]);
  const ignored = await run(
    ["init", "--dry-run", "--config", QUICK, `--ignore-preflight-errors=${checks.join(",")}`],
    host,
  );
  assert.equal(ignored.code, 0, ignored.err);
  assert.match(ignored.err, /^warning: Swap: /m);
});

Deno.test("the caller's PATH does not matter: empty, rubbish, without sbin", async () => {
  for (const PATH of ["", ":::relative:/none", "/usr/bin", undefined]) {
    const host = unfit({ environment: PATH === undefined ? {} : { PATH } });
    const { code, err } = await run(["init", "--dry-run", "--config", QUICK], host);
    assert.equal(code, 0, err);
    assert.doesNotMatch(err, /FileExisting/);
  }
});

Deno.test("a kubelet that is too new or too old: 2, with both versions", async () => {
  for (const version of ["v1.30.0", "v1.38.0"]) {
    const host = unfit({ commands: { "/usr/bin/kubelet --version": `Kubernetes ${version}\n` } });
    const { code, err } = await run(["init", "--kubernetes-version=v1.37.2"], host);
    assert.equal(code, 2);
    assert.match(err, new RegExp(`KubeletVersion: the kubelet is ${version}.*v1\\.37\\.2`));
  }
});

Deno.test("join: a name that does not resolve, or static pods of somebody else: 2", async () => {
  const argv = ["join", "nowhere.invalid", ...JOIN.slice(2)];
  const { code, err } = await run(argv, unfit({}, { "/etc/kubernetes/manifests/etcd.yaml": "" }));
  assert.equal(code, 2);
  assert.match(err, /DiscoveryEndpoint: the name "nowhere\.invalid"/);
  assert.match(err, /DirAvailable--etc-kubernetes-manifests: /);
});

Deno.test("join --discovery-file: no such file, no credentials, HOST besides, plain http: 3, before anything is asked", async () => {
  const file = "apiVersion: v1\nkind: Config\nclusters: [{name: '', cluster: {server: 'https://192.0.2.1:6443'}}]\n";
  const host = unfit({}, { "/etc/cluster.conf": file });
  const cases: [string[], RegExp][] = [
    [["--discovery-file", "/none", "--token", TOKEN], /kubeConfigPath: "\/none" not found/],
    [["--discovery-file", "/etc/cluster.conf"], /tlsBootstrapToken: required/],
    [["--discovery-file", "/etc/cluster.conf", "--tls-bootstrap-token", "x.y"], /--tls-bootstrap-token: /],
    [
      ["192.0.2.1", "--discovery-file", "/etc/cluster.conf", "--discovery-token", TOKEN],
      /bootstrapToken and file are mutually exclusive/,
    ],
    [["--discovery-file", "http://192.0.2.1/x", "--token", TOKEN], /must be a path or an https URL/],
  ];
  for (const [flags, says] of cases) {
    const { code, err } = await run(["join", ...flags], host);
    assert.equal(code, 3, err);
    assert.match(err, says);
    assert.doesNotMatch(err, /0123456789abcdef/);
  }
});

Deno.test("--output json: every line is an event, the last one the error, with its kind, code, problems and hints", async () => {
  const { code, events, err } = await run([...JOIN, "--output", "json"], unfit({ takenPorts: [10250] }));
  assert.equal(code, 2);
  assert.equal(err, "");
  const last = events.at(-1)!;
  assert.deepEqual([last["event"], last["kind"], last["exitCode"]], ["error", "PreflightFailed", 2]);
  assert.deepEqual((last["problems"] as { where: string }[]).map(({ where }) => where), ["Port-10250"]);
  assert.ok((last["hints"] as string[]).length > 0);
  assert.doesNotMatch(JSON.stringify(events), /0123456789abcdef/);
  const wrong = await run(["init", "--pod-network-cidr", "x", "--output", "json"]);
  assert.deepEqual([wrong.code, wrong.events.at(-1)!["kind"]], [3, "InvalidInput"]);
});

Deno.test("--output json: a dry run ends with a result, and no change shows a secret", async () => {
  const { code, events, out } = await run(["init", "--dry-run", "--config", QUICK, "--output", "json"], FIT);
  assert.equal(code, 0, out);
  assert.equal(events.at(-1)!["event"], "result");
  assert.ok(events.filter(({ event }) => event === "change").length > 30);
  assert.doesNotMatch(out, /PRIVATE KEY/);
});
