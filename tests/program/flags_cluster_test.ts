// Flags of token, join, certs, config and reset that no other program test passes, each by what it does.
import assert from "node:assert/strict";
import { fake } from "../fakes/fake.ts";
import { fresh } from "../samples/pki.ts";
import type { ContainerRuntime, KubeObject } from "../../src/system.ts";
import { cluster, node } from "./memory_cluster.ts";
import { FIT, QUICK, run, RUNTIME, unfit, type World } from "./program.ts";

const TOKEN = "abcdef.0123456789abcdef";
const OTHER = "fedcba.0123456789abcdef";
const HASH = `sha256:${"0".repeat(64)}`;
const ADMIN = fresh.get("/etc/kubernetes/admin.conf")!.text;
/** An administrator's kubeconfig elsewhere than usual. */
const HOST = unfit({}, { "/k.conf": ADMIN });
const HERE = "--kubeconfig=/k.conf";

/** The kubeconfig that a cluster publishes of itself: without a user. */
const CLUSTER_INFO = ADMIN.replace(/^contexts:[^]*?(?=^kind)/m, 'contexts: null\ncurrent-context: ""\n')
  .replace(/^users:[^]*/m, "users: null\n");

function configMap(namespace: string, name: string, data: Record<string, string>): KubeObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace, name }, data };
}

/** What a joining host reads. */
const PUBLISHED = [
  configMap("kube-public", "cluster-info", { kubeconfig: CLUSTER_INFO }),
  configMap("kube-system", "kubeadm-config", {
    ClusterConfiguration:
      "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.37.2\n",
  }),
  configMap("kube-system", "kubelet-config", {
    kubelet: "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nclusterDomain: k8s.test\n",
  }),
];

Deno.test("token create: every flag is in the token; the join command of workers and of control planes", async () => {
  const { world } = cluster(...PUBLISHED);
  const flags = [
    "--description=rack 7",
    "--groups=system:bootstrappers:x",
    "--ttl=1h",
    "--usages=authentication",
    HERE,
  ];
  const created = await run(["token", "create", TOKEN, ...flags, "-o", "json"], HOST, "", world);
  assert.equal(created.code, 0, created.err);
  const [made] = created.documents;
  assert.deepEqual(
    [made!["token"], made!["description"], made!["groups"], made!["usages"], made!["expires"]],
    [TOKEN, "rack 7", ["system:bootstrappers:x"], ["authentication"], "2026-01-01T01:00:00Z"],
  );
  const dry = await run(["token", "create", OTHER, "--dry-run", HERE, "-o", "json"], HOST, "", world);
  assert.deepEqual((dry.documents[0]!["changes"] as unknown[]).length, 1);
  const listed = await run(
    ["token", "list", HERE, "--dry-run", "--allow-missing-template-keys", "-o", "json"],
    HOST,
    "",
    world,
  );
  assert.deepEqual(listed.documents.map(({ token }) => token), [TOKEN]);
  const join = await run(["token", "create", "--print-join-command", HERE], HOST, "", cluster(...PUBLISHED).world);
  assert.match(
    join.out,
    /^kubewright join 10\.77\.0\.21:6443 --token \S+ --discovery-token-ca-cert-hash sha256:\w{64}\n$/,
  );
  const key = "1".repeat(64);
  for (const flag of [`--certificate-key=${key}`, "--certificate-key-file=/key"]) {
    const host = unfit({}, { "/k.conf": ADMIN, "/key": key });
    const plane = await run(
      ["token", "create", "--print-join-command", flag, HERE],
      host,
      "",
      cluster(...PUBLISHED).world,
    );
    assert.ok(plane.out.includes(`--control-plane --certificate-key ${key}`), plane.out + plane.err);
  }
});

Deno.test("token delete, in a dry run and for good; token generate asks nothing of a cluster", async () => {
  const { world } = cluster();
  await run(["token", "create", TOKEN, HERE], HOST, "", world);
  const dry = await run(["token", "delete", "abcdef", "--dry-run", HERE], HOST, "", world);
  assert.equal(dry.code, 0);
  assert.match((await run(["token", "list", HERE], HOST, "", world)).out, /abcdef/);
  assert.equal((await run(["token", "delete", TOKEN, HERE], HOST, "", world)).code, 0);
  assert.doesNotMatch((await run(["token", "list", HERE], HOST, "", world)).out, /abcdef/);
  assert.equal((await run(["token", "generate", "--dry-run", "--kubeconfig=/none"])).code, 0);
});

/** A dry run of join with a discovery file on the host; what it prints. */
async function join(flags: readonly string[], files: Record<string, string> = {}) {
  const host = unfit({ names: ["k8s.test"] }, { "/d.conf": CLUSTER_INFO, "/t": TOKEN, ...files });
  return await run(
    ["join", "--dry-run", "--verbose", "--discovery-file=/d.conf", ...flags],
    host,
    "",
    cluster(...PUBLISHED).world,
  );
}

Deno.test("join: a discovery file and a token of its own, the kubelet's files, patches, phases left out", async () => {
  const patch = "/p/kubeletconfiguration+merge.json";
  const socket = "/run/other.sock";
  const flags = ["--tls-bootstrap-token", TOKEN, "--node-name=other", `--cri-socket=unix://${socket}`, "--patches=/p"];
  const checks = "--ignore-preflight-errors=all";
  const joined = await join([...flags, checks, "--skip-phases=wait-node-ready"], {
    [patch]: `{"maxPods": 42}`,
    [socket]: "",
  });
  assert.equal(joined.code, 0, joined.err);
  for (
    const part of ["maxPods: 42", "hostname-override=other", `containerRuntimeEndpoint: unix://${socket}`, "k8s.test"]
  ) {
    assert.ok(joined.out.includes(part), `${part} in ${joined.out}`);
  }
  assert.doesNotMatch(joined.err, /wait-node-ready/);
  assert.ok(!(joined.out + joined.err).includes(TOKEN.slice(7)));
  const filed = await join(["--token-file=/t", checks]);
  assert.equal(filed.code, 0, filed.err);
});

Deno.test("join: a configuration file; tokens for discovery; what may not go together; control planes are refused", async () => {
  const text = `apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
discovery: {file: {kubeConfigPath: /d.conf}, tlsBootstrapToken: ${TOKEN}}
nodeRegistration: {name: from-file}
`;
  const host = unfit({}, { "/d.conf": CLUSTER_INFO, "/j.yaml": text });
  const world = cluster(...PUBLISHED).world;
  const args = ["join", "--config=/j.yaml", "--dry-run", "--ignore-preflight-errors=all", "-o", "json", "--verbose"];
  const configured = await run(args, host, "", world);
  assert.deepEqual([configured.code, configured.events.at(-1)!["node"]], [0, "from-file"], configured.out);
  const credentials = configured.events.filter(({ path }) => path === "/etc/kubernetes/bootstrap-kubelet.conf");
  assert.deepEqual(credentials.map(({ kind, secret }) => [kind, secret]), [["write", true], ["remove", undefined]]);
  assert.ok(!configured.out.includes(TOKEN.slice(7)));
  const discovery = await run([
    "join",
    "192.0.2.1",
    "--discovery-token",
    "x",
    "--discovery-token-unsafe-skip-ca-verification",
  ]);
  assert.equal(discovery.code, 3);
  assert.match(discovery.err, /--discovery-token: /);
  const known = ["join", "192.0.2.1", "--token", TOKEN, "--discovery-token-ca-cert-hash", HASH];
  for (const flag of ["--apiserver-advertise-address=192.0.2.9", "--apiserver-bind-port=7443"]) {
    const { code, err } = await run([...known, flag]);
    assert.equal(code, 3);
    assert.ok(err.includes(`${flag.split("=")[0]}: `), err);
  }
  const plane = ["--control-plane", `--certificate-key=${"0".repeat(64)}`];
  const refused = await run([...known, ...plane]);
  assert.equal(refused.code, 3, refused.err);
  assert.match(refused.err, /--control-plane: /);
  const keyFile = await run([...known, "--control-plane", "--certificate-key-file=/none"]);
  assert.equal(keyFile.code, 3);
  assert.match(keyFile.err, /Cannot read --certificate-key-file "\/none": no such file/);
});

Deno.test("certs: another folder, a sampleWithCheapKeys, another administrator", async () => {
  const moved = [...fresh].filter(([path]) => path.startsWith("/etc/kubernetes/pki/"))
    .map(([path, { text }]) => [path.replace("/etc/kubernetes/pki", "/srv/pki"), text] as const);
  const host = node([], { ...Object.fromEntries(moved), "/k.conf": ADMIN });
  const printer = ["--show-managed-fields", "--allow-missing-template-keys", "-o", "json"];
  const checked = await run(["certs", "check-expiration", "--cert-dir=/srv/pki", HERE, ...printer], host);
  const found = checked.documents[0]!["certificates"] as { name: string; missing: boolean }[];
  assert.equal(found.find(({ name }) => name === "apiserver")!.missing, false);
  const empty = await run(["certs", "check-expiration", "--cert-dir=/none", "-o", "json"], host);
  const lost = empty.documents[0]!["certificates"] as { name: string; missing: boolean }[];
  assert.equal(lost.find(({ name }) => name === "apiserver")!.missing, true);
  const config = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\ncertificatesDir: /srv/pki\n";
  const configured = node([], { ...Object.fromEntries(moved), "/c.yaml": config });
  assert.equal((await run(["certs", "check-expiration", "--config=/c.yaml"], configured)).code, 0);
  const renew = ["certs", "renew", "apiserver", "--dry-run"];
  const renewed = await run([...renew, "--cert-dir=/srv/pki", HERE, "-o", "json"], host);
  assert.ok(renewed.events.some(({ path }) => path === "/srv/pki/apiserver.crt"), renewed.out);
  const byFile = await run([...renew, "--config=/c.yaml", "-o", "json"], configured);
  assert.ok(byFile.events.some(({ path }) => path === "/srv/pki/apiserver.crt"), byFile.out);
  const dry = await run(
    ["certs", "generate-csr", "--config", QUICK, "--kubeconfig-dir=/srv/csr", "--dry-run"],
    FIT,
  );
  assert.deepEqual([dry.code, dry.changes], [0, []], dry.err);
});

Deno.test("certs renew: restarts over the socket that is named", async () => {
  const host = node([], { "/run/other.sock": "" });
  const sockets: string[] = [];
  const { code, err } = await run(
    ["certs", "renew", "apiserver", "--restart", "--cri-socket=unix:///run/other.sock", "--dry-run"],
    host,
    "",
    {
      ...cluster(...PUBLISHED).world,
      runtime: (socket) => {
        sockets.push(socket);
        return fake<ContainerRuntime>("container runtime", {
          socket,
          version: () => RUNTIME.version(),
          containers: () => Promise.resolve([]),
        });
      },
    },
  );
  assert.deepEqual([code, sockets], [0, ["unix:///run/other.sock"]], err);
});

Deno.test("another administrator's kubeconfig is the one that is used, and one that is not there is named", async () => {
  const asked: string[] = [];
  const server = ADMIN.replace("https://10.77.0.21:6443", "https://k8s.test:6443");
  const host = node([], { "/k.conf": server });
  const world: World = {
    connect: (credentials) => {
      asked.push(credentials.server);
      return cluster(...PUBLISHED).world.connect!(credentials);
    },
  };
  const user = await run(["kubeconfig", "user", "--client-name=ann", HERE], host, "", world);
  assert.deepEqual([user.code, asked], [0, ["https://k8s.test:6443"]], user.err);
  asked.length = 0;
  const phase = await run(["init", "phase", "bootstrap-token", HERE, "--dry-run"], host, "", world);
  assert.equal(phase.code, 0, phase.err);
  assert.ok(asked.includes("https://k8s.test:6443") || asked.includes("https://10.77.0.21:6443"), asked.join());
  asked.length = 0;
  const receipt = [{ kind: "receipt", version: 1 }, { kind: "file", path: "/etc/kubernetes/kubelet.conf", at: "" }];
  const made = node([], {
    "/k.conf": server,
    "/var/lib/kubewright/receipt.jsonl": receipt.map((line) => `${JSON.stringify(line)}\n`).join(""),
  });
  const reset = await run(["reset", "phase", "delete-node", "--dry-run", HERE], made, "", world);
  assert.equal(reset.code, 0, reset.err);
  assert.deepEqual(asked, ["https://k8s.test:6443"]);
});

Deno.test("config takes kubeadm's flags that mean nothing to it", async () => {
  for (const what of ["init", "join", "reset", "upgrade"]) {
    assert.equal((await run(["config", "print", `${what}-defaults`, "--kubeconfig=/none"])).code, 0, what);
  }
  assert.equal((await run(["config", "validate", "--config", QUICK, "--kubeconfig=/none"])).code, 0);
  assert.equal((await run(["config", "migrate", "--old-config", QUICK, "--kubeconfig=/none"])).code, 0);
  const printer = ["--show-managed-fields", "--allow-missing-template-keys", "--kubeconfig=/none", "-o", "json"];
  assert.equal((await run(["config", "images", "list", ...printer])).documents[0]!["kind"], "Images");
  const version = () => Promise.resolve({ runtimeName: "fake", runtimeVersion: "1", runtimeApiVersion: "v1" });
  const runtime = (socket: string) =>
    fake<ContainerRuntime>("container runtime", { socket, version, image: () => Promise.resolve(undefined) });
  const pulled = await run(["config", "images", "pull", "--dry-run", "--kubeconfig=/none"], FIT, "", { runtime });
  assert.equal(pulled.code, 0, pulled.err);
});
