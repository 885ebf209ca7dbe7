import assert from "node:assert/strict";
import { duration } from "../../config/duration.ts";
import { fake } from "../../../tests/fakes/fake.ts";
import { clusterInfoObjects } from "../../cluster/objects/cluster_info.ts";
import { readDiscoveryFile } from "../../cluster/discovery_file.ts";
import type { JoinConfiguration } from "../../config/types.ts";
import { stringify } from "../../config/yaml.ts";
import { InvalidInput, TimedOut, Untrusted, UserError } from "../../errors.ts";
import { memoryHost } from "../../../tests/fakes/memory_host.ts";
import { certificatePem } from "../../pki/certificate.ts";
import { issueAuthority } from "../../pki/issue.ts";
import { generateKeyPair } from "../../pki/keys.ts";
import type { Download, HttpAnswer, KubeClient, KubeCredentials, System } from "../../system.ts";
import { KubeError, TLS_REFUSED, UNREACHABLE } from "../../system/kube_error.ts";
import { discover, loadDiscoveryFile } from "../discovery.ts";

const TOKEN = "abcdef.0123456789abcdef";
const SERVER = "https://192.0.2.1:6443";
const PATH = "/root/cluster.conf";
const period = { notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: new Date("2036-01-01T00:00:00Z") };
const CA = certificatePem(await issueAuthority("kubernetes", period, await generateKeyPair("ECDSA-P256")));
const INFO = (server = SERVER) =>
  JSON.stringify({ kind: "ConfigMap", data: clusterInfoObjects({ server, caPem: CA })[0]!.data });

const base64 = (text: string) => new TextEncoder().encode(text).toBase64();

/** A kubeconfig with one cluster, and a user if one is given. */
function kubeconfig(user?: Record<string, unknown>, cluster: Record<string, unknown> = {}, server = SERVER): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { "certificate-authority-data": base64(CA), server, ...cluster } }],
    users: user ? [{ name: "u", user }] : [],
    contexts: user ? [{ name: "u@c", context: { cluster: "c", user: "u" } }] : [],
    "current-context": user ? "u@c" : "",
  });
}

interface Setup {
  files?: Record<string, string>;
  path?: string;
  token?: string;
  /** What the API server answers. */
  api?: () => HttpAnswer;
  /** What the web server answers. */
  web?: () => HttpAnswer;
  discovery?: string;
}

async function run(setup: Setup) {
  const connected: KubeCredentials[] = [];
  const warnings: string[] = [];
  const system = fake<System>("system", {
    host: memoryHost(
      { waits: true, files: { "/etc/ssl/certs/ca-certificates.crt": "SYSTEM", ...setup.files } },
      () => {},
    ),
    download: fake<Download>("download", {
      get: (_url, options) => {
        assert.equal(options.caPem, "SYSTEM");
        return new Promise((resolve) => resolve(setup.web!()));
      },
    }),
    connect(credentials: KubeCredentials) {
      connected.push(credentials);
      const answer = setup.api ?? (() => ({ status: 200, body: INFO() }));
      return fake<KubeClient>("API client", {
        server: credentials.server,
        probe: () => new Promise((resolve) => resolve(answer())),
      });
    },
  });
  const config = {
    discovery: { file: { kubeConfigPath: setup.path ?? PATH }, tlsBootstrapToken: setup.token ?? "" },
    timeouts: { discovery: duration(setup.discovery ?? "1s") },
  } as unknown as JoinConfiguration;
  const file = () => loadDiscoveryFile(system, config);
  const cluster = await discover(system, config, file, (warning) => warnings.push(warning));
  return { cluster, connected, warnings };
}

Deno.test("a file without credentials: the CA proves the server, no token is sent, the token follows", async () => {
  const { cluster, connected, warnings } = await run({ files: { [PATH]: kubeconfig() }, token: TOKEN });
  const names = { user: "tls-bootstrap-token-user", clusterName: "kubernetes" };
  assert.deepEqual(cluster, { server: SERVER, caPem: CA, credentials: { token: TOKEN }, ...names });
  assert.deepEqual(connected, [{ server: SERVER, caPem: CA }]);
  assert.deepEqual(warnings, []);
});

Deno.test("a file with credentials: they are used, but a bootstrap token wins for what follows", async () => {
  const client = { "client-certificate-data": base64("CERT"), "client-key": "/root/key.pem" };
  const files = { [PATH]: kubeconfig(client), "/root/key.pem": "KEY" };
  const credentials = { client: { certificatePem: "CERT", keyPem: "KEY" } };
  const own = await run({ files });
  assert.deepEqual(own.cluster, { server: SERVER, caPem: CA, credentials, user: "u", clusterName: "c" });
  assert.deepEqual(own.connected, [{ server: SERVER, caPem: CA, ...credentials }]);
  assert.deepEqual((await run({ files, token: TOKEN })).cluster.credentials, { token: TOKEN });
  const byToken = await run({ files: { [PATH]: kubeconfig({ tokenFile: "/root/token" }), "/root/token": "secret\n" } });
  assert.deepEqual(byToken.cluster.credentials, { token: "secret" });
  const relative = {
    [PATH]: kubeconfig({ tokenFile: "token" }, { "certificate-authority-data": "", "certificate-authority": "ca.crt" }),
    "/root/token": "secret",
    "/root/ca.crt": CA,
    token: "of the working directory",
    "ca.crt": "of the working directory",
  };
  assert.deepEqual((await run({ files: relative })).cluster, { ...byToken.cluster, caPem: CA });
});

Deno.test("an https URL: fetched over the host's CAs, again after trouble", async () => {
  let tries = 0;
  const web = () => {
    if (tries++ === 0) throw new UserError("connection refused");
    return { status: 200, body: kubeconfig() };
  };
  const path = "https://files.example/cluster.conf";
  assert.equal((await run({ path, web, token: TOKEN, discovery: "3s" })).cluster.server, SERVER);
  assert.equal(tries, 2);
  await assert.rejects(run({ path: `${path}?key=s3cret`, web: () => ({ status: 404, body: "" }) }), (error: Error) => {
    assert.match(error.message, /returned status 404/);
    assert.ok(!error.message.includes("s3cret"), "the query is in the message");
    return true;
  });
  await assert.rejects(run({ path, web: () => ({ status: 503, body: "" }), discovery: "200ms" }), TimedOut);
  const named = () => ({ status: 200, body: kubeconfig({ tokenFile: "/etc/shadow" }) });
  await assert.rejects(run({ path, web: named }), /"tokenFile" names a file of this host/);
});

Deno.test("cluster-info gives the CA that the file lacks; another server there is a warning, no access is one, too", async () => {
  const without = kubeconfig(undefined, { "certificate-authority-data": "" });
  const { cluster, connected } = await run({ files: { [PATH]: without }, token: TOKEN });
  assert.deepEqual([cluster.caPem, connected[0]!.caPem], [CA, "SYSTEM"]);
  const files = { [PATH]: kubeconfig() };
  const other = await run({ files, token: TOKEN, api: () => ({ status: 200, body: INFO("https://192.0.2.9:6443") }) });
  assert.equal(other.cluster.server, SERVER);
  assert.match(other.warnings.join(), /the server is "https:\/\/192.0.2.9:6443" in cluster-info/);
  for (const status of [401, 403, 404]) {
    const denied = await run({ files, token: TOKEN, api: () => ({ status, body: "" }) });
    assert.equal(denied.cluster.server, SERVER);
    assert.match(denied.warnings.join(), /cannot read cluster-info/);
  }
  await assert.rejects(
    run({ files: { [PATH]: without }, token: TOKEN, api: () => ({ status: 403, body: "" }) }),
    /neither the discovery file nor cluster-info contains its CA/,
  );
});

Deno.test("what cannot be used or trusted is refused: before anything is asked, or at once", async () => {
  await assert.rejects(run({ token: TOKEN }), /kubeConfigPath: "\/root\/cluster.conf" not found/);
  await assert.rejects(run({ files: { [PATH]: kubeconfig() } }), /tlsBootstrapToken: required/);
  const files = { [PATH]: kubeconfig({ token: "old" }) };
  await assert.rejects(run({ files, api: () => ({ status: 401, body: "" }) }), /rejects the credentials/);
  const refusal = new KubeError("its certificate is for other names", { status: 0, reason: TLS_REFUSED });
  const throws = (error: Error) => () => {
    throw error;
  };
  await assert.rejects(run({ files, api: throws(refusal) }), (error) => error instanceof Untrusted);
  const absent = new KubeError("connection refused", { status: 0, reason: UNREACHABLE });
  await assert.rejects(run({ files, api: throws(absent), discovery: "300ms" }), TimedOut);
  await assert.rejects(run({ files, api: () => ({ status: 200, body: "<html>" }) }), Untrusted);
});

/** Discovery files that are refused, and why. */
const REFUSED: Record<string, [string, RegExp]> = {
  "no verification": [kubeconfig(undefined, { "insecure-skip-tls-verify": true }), /insecure-skip-tls-verify/],
  "another name for TLS": [kubeconfig(undefined, { "tls-server-name": "x" }), /tls-server-name/],
  "a proxy": [kubeconfig(undefined, { "proxy-url": "http://p:1" }), /proxy-url/],
  "an exec plugin": [kubeconfig({ exec: { command: "sh" } }), /"exec".*runs no plugins/],
  "an auth provider": [kubeconfig({ "auth-provider": { name: "x" } }), /auth-provider/],
  "a password": [kubeconfig({ username: "me", password: "s3cret" }), /no longer accept passwords/],
  "a token with a line end": [kubeconfig({ token: "s3cret\ns3cret" }), /token must not contain spaces, line ends/],
  "a token of other letters": [kubeconfig({ token: "s3cret-\u00e9" }), /token must not contain spaces, line ends/],
  "a server with a user": [
    kubeconfig(undefined, {}, "https://me:s3cret@192.0.2.1:6443"),
    /must not contain a user name or password/,
  ],
  "plain HTTP": [kubeconfig(undefined, {}, "http://192.0.2.1:6443"), /server must be https:.*; got "http:/],
  "a port of letters": [
    kubeconfig(undefined, {}, "https://127.0.0.1:x1"),
    /server must be https:.*; got "https:\/\/127.0.0.1:x1"/,
  ],
  "a number that is an address to some": [
    kubeconfig(undefined, {}, "https://0x7f.1:1"),
    /a DNS name or a complete IP address as HOST/,
  ],
  "a line end in the server": [kubeconfig(undefined, {}, "https://127.0.0.1\n:1"), /"https:\/\/127.0.0.1\\n:1"/],
  "a CA that is none": [kubeconfig(undefined, { "certificate-authority-data": base64("nonsense") }), /no PEM/],
  "a CA file that is not there": [
    kubeconfig(undefined, { "certificate-authority-data": "", "certificate-authority": "/nowhere" }),
    /names "\/nowhere"/,
  ],
  "several clusters and no context": [
    stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: ["a", "b"].map((name) => ({ name, cluster: { server: SERVER } })),
    }),
    /current-context "" not found/,
  ],
  "no YAML": ["{", /./],
  "another kind": ["apiVersion: v1\nkind: Secret\n", /Config/],
};

for (const [what, [text, says]] of Object.entries(REFUSED)) {
  Deno.test(`readDiscoveryFile() refuses ${what}`, async () => {
    await assert.rejects(readDiscoveryFile(text, "x.conf", () => Promise.resolve(undefined)), (error: Error) => {
      assert.ok(error instanceof InvalidInput, String(error));
      assert.match(error.message, says);
      assert.ok(!error.message.includes("s3cret"), "a secret is in the message");
      return true;
    });
  });
}

Deno.test("readDiscoveryFile() takes the current context among several, and the nameless cluster without one", async () => {
  const clusters = [["a", "https://a:1"], ["", "https://b:2"]].map(([name, server]) => ({ name, cluster: { server } }));
  const read = (more: Record<string, unknown>) =>
    readDiscoveryFile(stringify({ apiVersion: "v1", kind: "Config", clusters, ...more }), "x.conf", undefined);
  assert.equal((await read({})).server, "https://b:2");
  const contexts = [{ name: "x", context: { cluster: "a", user: "u" } }];
  const users = [{ name: "u", user: {} }];
  assert.equal((await read({ contexts, users, "current-context": "x" })).server, "https://a:1");
});
