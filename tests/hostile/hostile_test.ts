// The whole program, with the adapters that it really has, beside servers that want it no good. Whatever they do, it ends
// in time, with little memory, an exit code of its own and words that harm nobody; and no token goes where trust is not.
import assert from "node:assert/strict";
import { makeCertificates } from "../fakes/api_server.ts";
import { EXIT } from "../../src/errors.ts";
import { apiModes, clusterInfoModes, httpModes, type Mode } from "./http_modes.ts";
import { RUNTIME_MODES } from "./runtime_modes.ts";
import { HostileServer, type ServerOptions } from "./server.ts";
import type { Order, Outcome } from "./subject.ts";
import { http2Modes, tlsModes } from "./tls_modes.ts";

const BEARER = "correct-horse-battery-staple";
const SECRET = "0123456789abcdef";
/** The most time (ms, the machine does other things, too) and memory (MiB, of a process that ran others before) of a command. */
const LIMIT = { ms: 60_000, peak: 700 };
/** What must not reach a terminal: control characters but tab and line end, and what turns the direction of text. */
// deno-lint-ignore no-control-regex
const UNSAFE = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** A process that runs one command after another. */
class Subject {
  readonly #process: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  constructor() {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--quiet", "-A", new URL("subject.ts", import.meta.url).pathname],
      stdin: "piped",
      stdout: "piped",
      env: { DENO_NO_UPDATE_CHECK: "1" },
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#lines = linesOf(this.#process.stdout);
  }

  async run(order: Order): Promise<Outcome> {
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(order)}\n`));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no end within ${LIMIT.ms} ms`)), LIMIT.ms);
    });
    try {
      const { value, done } = await Promise.race([this.#lines.next(), late]);
      if (done) throw new Error("the process ended");
      return JSON.parse(value);
    } finally {
      clearTimeout(timer);
    }
  }

  async stop(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#input.abort().catch(() => undefined);
    await this.#process.status;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** One mode of one kind of server: what runs, and what is wrong with its outcome. */
interface Case {
  name: string;
  run(subject: Subject): Promise<string[]>;
}

/** What is wrong with any outcome. */
function troubles({ code, said, ms, peak }: Outcome, codes: readonly number[], mode: Mode): string[] {
  return [
    codes.includes(code) || mode.tolerable && code === EXIT.ok ? "" : `exit code ${code}`,
    code === EXIT.ok || /^error: /m.test(said) ? "" : "no error is told",
    /defect| {4}at /.test(said) ? "a defect" : "",
    UNSAFE.test(said) ? `unsafe ${JSON.stringify(UNSAFE.exec(said)?.[0])}` : "",
    /^\s*(error: forged|next: curl evil)/m.test(said) ? "a line that it did not write" : "",
    said.includes(BEARER) || said.includes(SECRET) ? "a token is told" : "",
    said.length < 200_000 ? "" : `${said.length} characters`,
    ms < LIMIT.ms ? "" : `${Math.round(ms)} ms`,
    peak < LIMIT.peak ? "" : `${Math.round(peak)} MiB`,
    mode.says === undefined || mode.says.test(said) ? "" : `does not say ${mode.says}`,
  ].filter((trouble) => trouble !== "").map((trouble) => `${trouble}: ${JSON.stringify(said.slice(0, 800))}`);
}

const [own, other] = await Promise.all([makeCertificates(), makeCertificates()]);
const elsewhere = new HostileServer(() => Promise.resolve(), { first: true });
/** That nobody was sent there by a redirect. */
const nobodyElsewhere = () => elsewhere.received === "" ? [] : ["it went elsewhere"];

function kubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "a",
    contexts: [{ name: "a", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server, "certificate-authority-data": btoa(own.ca) } }],
    users: [{ name: "u", user: { token: BEARER } }],
  });
}

/** `token list` of a server. */
function listing(mode: Mode, options: ServerOptions, trusted: boolean): Case {
  return {
    name: `API server: ${mode.name}`,
    async run(subject) {
      using server = new HostileServer(mode.talk, options);
      const files = { "/etc/kubernetes/admin.conf": kubeconfig(`https://127.0.0.1:${server.port}`) };
      const outcome = await subject.run({ args: ["token", "list"], files });
      const leaked = !trusted && server.received.includes(BEARER) ? ["the token was sent"] : [];
      return [...troubles(outcome, [EXIT.failed], mode), ...leaked, ...nobodyElsewhere()];
    },
  };
}

const JOIN = `apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
timeouts: {discovery: 3s, kubernetesAPICall: 2s}
discovery:
  bootstrapToken:
    apiServerEndpoint: "127.0.0.1:PORT"
    token: abcdef.${SECRET}
    caCertHashes: ["sha256:${"0".repeat(64)}"]
`;

/** `join` by a token: nothing that this server says can be trusted. */
function joining(mode: Mode, options: ServerOptions): Case {
  return {
    name: `discovery: ${mode.name}`,
    async run(subject) {
      using server = new HostileServer(mode.talk, options);
      const outcome = await subject.run({
        args: ["join", "--config", "/root/join.yaml", "--ignore-preflight-errors=all"],
        files: { "/root/join.yaml": JOIN.replace("PORT", String(server.port)) },
      });
      const leaked = /authorization|abcdef\./i.test(server.received) ? ["the token was sent"] : [];
      return [
        ...troubles(outcome, [EXIT.timeout, EXIT.untrusted], { ...mode, tolerable: false }),
        ...leaked,
        ...nobodyElsewhere(),
      ];
    },
  };
}

/** `status` of a control plane whose etcd and API server are this server. */
function looking(mode: Mode, options: ServerOptions): Case {
  return {
    name: `status: ${mode.name}`,
    async run(subject) {
      using server = new HostileServer(mode.talk, options);
      const pod = (name: string, flags: readonly string[]) =>
        JSON.stringify({
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name },
          spec: { containers: [{ name, command: [name, ...flags] }] },
        });
      const address = `127.0.0.1:${server.port}`;
      const files = {
        "/etc/kubernetes/kubelet.conf": kubeconfig(`https://${address}`),
        "/etc/kubernetes/manifests/kube-apiserver.yaml": pod("kube-apiserver", [
          "--advertise-address=127.0.0.1",
          `--secure-port=${server.port}`,
          `--etcd-servers=https://${address}`,
          "--etcd-cafile=/ca.crt",
          "--etcd-certfile=/etcd.crt",
          "--etcd-keyfile=/etcd.key",
        ]),
        "/ca.crt": own.ca,
        "/etcd.crt": own.certificate,
        "/etcd.key": own.key,
      };
      const outcome = await subject.run({ args: ["status"], files });
      return [
        ...troubles({ ...outcome, said: `error: \n${outcome.said}` }, [EXIT.unhealthy], mode),
        ...nobodyElsewhere(),
      ];
    },
  };
}

/** `reset` of the etcd member of this host. */
function leaving(mode: Mode, options: ServerOptions): Case {
  return {
    name: `etcd: ${mode.name}`,
    async run(subject) {
      using server = new HostileServer(mode.talk, options);
      const pki = "/etc/kubernetes/pki/etcd";
      const url = `https://127.0.0.1:${server.port}`;
      const command = [
        "etcd",
        "--data-dir=/var/lib/etcd",
        "--initial-advertise-peer-urls=https://127.0.0.1:2380",
        `--listen-client-urls=${url}`,
      ];
      const files = {
        "/etc/kubernetes/kubelet.conf": "",
        "/etc/kubernetes/manifests/etcd.yaml": JSON.stringify({
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: "etcd" },
          spec: { containers: [{ name: "etcd", command: [...command, `--advertise-client-urls=${url}`] }] },
        }),
        "/var/lib/kubelet/config.yaml": "",
        [`${pki}/ca.crt`]: own.ca,
        ...Object.fromEntries(
          ["healthcheck-client", "server", "peer"].flatMap((name) => [
            [`${pki}/${name}.crt`, own.certificate],
            [`${pki}/${name}.key`, own.key],
          ]),
        ),
        "/etc/kubernetes/pki/apiserver-etcd-client.crt": own.certificate,
        "/etc/kubernetes/pki/apiserver-etcd-client.key": own.key,
      };
      const outcome = await subject.run({ args: ["reset", "--force", "--dry-run"], files });
      const asked = server.received === "" && options.first !== true ? ["etcd was not asked"] : [];
      return [...troubles(outcome, [EXIT.ok, EXIT.failed], mode), ...nobodyElsewhere(), ...asked];
    },
  };
}

/** `config images pull` of a runtime. */
function pulling(name: string): Case {
  return {
    name: `runtime: ${name}`,
    async run(subject) {
      const folder = await Deno.makeTempDir();
      const server = RUNTIME_MODES[name]!(`${folder}/x.sock`);
      try {
        const outcome = await subject.run({
          args: ["config", "images", "pull", "--kubernetes-version=v1.37.2", `--cri-socket=unix://${folder}/x.sock`],
          files: {},
        });
        return troubles(outcome, [EXIT.failed], { name, talk: () => Promise.resolve(), tolerable: true });
      } finally {
        await server.close();
        await Deno.remove(folder, { recursive: true });
      }
    },
  };
}

async function casesOfAll(): Promise<Case[]> {
  const http = await httpModes(`127.0.0.1:${elsewhere.port}`);
  const tls = { tls: own };
  const h2: ServerOptions = { tls: own, alpn: ["h2"], first: true };
  return [
    ...[...http, ...apiModes()].map((mode) => listing(mode, tls, true)),
    ...http2Modes().map((mode) => listing(mode, h2, true)),
    ...tlsModes().map((mode) => listing(mode, { first: true }, false)),
    listing({ name: "a certificate of another CA", talk: () => Promise.resolve() }, { tls: other }, false),
    ...[...http, ...clusterInfoModes()].map((mode) => joining(mode, { tls: other })),
    ...tlsModes().map((mode) => joining(mode, { first: true })),
    ...http.map((mode) => looking(mode, tls)),
    ...http.map((mode) => leaving(mode, tls)),
    ...Object.keys(RUNTIME_MODES).map(pulling),
  ];
}

/** Processes side by side. */
const WORKERS = Number(Deno.env.get("KUBEWRIGHT_HOSTILE_WORKERS") ?? 4);

Deno.test("hostile: servers, runtimes and etcds of every kind", async () => {
  const only = Deno.env.get("KUBEWRIGHT_HOSTILE") ?? "";
  const cases = (await casesOfAll()).filter(({ name }) => name.includes(only));
  const queue = [...cases];
  const found: string[] = [];
  const work = async () => {
    let subject = new Subject();
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const start = performance.now();
      try {
        found.push(...(await next.run(subject)).map((trouble) => `${next!.name}: ${trouble}`));
      } catch (error) {
        found.push(`${next.name}: ${error}`);
        await subject.stop();
        subject = new Subject();
      }
      const ms = performance.now() - start;
      if (Deno.env.get("KUBEWRIGHT_HOSTILE_SHOW")) console.log(`${Math.round(ms)} ms  ${next.name}`);
    }
    await subject.stop();
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  elsewhere[Symbol.dispose]();
  console.log(`${cases.length} modes`);
  assert.ok(only !== "" || cases.length >= 100);
  assert.deepEqual(found, [], `${found.length} troubles:\n${found.join("\n")}`);
});
