/** Answers of an API server, over TLS on loopback, to `token list` and `certs check-expiration`. @module */
import { EXIT } from "../../src/errors.ts";
import { kubeClient } from "../../src/kube/client.ts";
import { makeCertificates, serveApi } from "../fakes/api_server.ts";
import type { System } from "../../src/system.ts";
import { type BadInput, type Category, line, once } from "./case.ts";

const ADMIN = "/etc/kubernetes/admin.conf";
const BEARER = "correct-horse-battery-staple";
/** In each Secret that is answered; nobody may repeat it when the answer is no list of tokens. */
const SECRET = "c3RhcGxlLWJhdHRlcnk=";
const KUBECONFIG = `apiVersion: v1
kind: Config
current-context: a
contexts: [{name: a, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "https://192.0.2.1:6443", certificate-authority-data: QQ==}}]
users: [{name: u, user: {token: ${BEARER}}}]
`;

const certificates = once(() => makeCertificates());

/** A client for a server that gives these answers, one a request; it is there for as long as it is asked something. */
function answering(answers: () => (Response | number)[]): System["connect"] {
  return () => {
    async function asked<T>(ask: (client: ReturnType<typeof kubeClient>) => Promise<T>): Promise<T> {
      const known = await certificates();
      await using api = serveApi(known);
      api.instead.push(...answers());
      const client = kubeClient({ server: api.server, caPem: known.ca, token: BEARER }, () => {}, {
        timeLimitMs: 40,
      });
      try {
        return await ask(client);
      } finally {
        client.close();
      }
    }
    return {
      server: "https://192.0.2.1:6443",
      probe: (path) => asked((client) => client.probe(path)),
      get: (reference) => asked((client) => client.get(reference)),
      list: (query) => asked((client) => client.list(query)),
      apply: (object) => asked((client) => client.apply(object)),
      patch: (reference, patch) => asked((client) => client.patch(reference, patch)),
      delete: (reference) => asked((client) => client.delete(reference)),
    };
  };
}

const text = (body: string | Uint8Array<ArrayBuffer>, init?: ResponseInit) => () => [new Response(body, init)];
const page = (next: string, items: unknown[] = []) => Response.json({ metadata: { continue: next }, items });
const secret = (name: unknown) => ({ metadata: { name }, data: { "token-secret": SECRET } });

/** A body without end. */
function endless(): Response[] {
  const chunk = new Uint8Array(1 << 20).fill(0x20);
  return [new Response(new ReadableStream({ pull: (controller) => controller.enqueue(chunk) }))];
}

/** A body that breaks off. */
function torn(): Response[] {
  return Array.from({ length: 9 }, () => new Response('{"items":[', { headers: { "content-length": "1000" } }));
}

type Answer = readonly [string, () => (Response | number)[], RegExp];

const NOT_JSON = /it is not JSON; the server is not an API server/;
const NO_LIST = /it is not a list of Kubernetes objects/;

const LISTS: readonly Answer[] = [
  ...["", "<html><body>Sign in</body></html>", '{"items":[{"metadata":{"name":"a"', "\0\0", `{"a":"${SECRET}"`].map((
    body,
  ): Answer => [`the text ${JSON.stringify(body)}`, text(body), NOT_JSON]),
  ["bytes that are not text", text(new Uint8Array([0xff, 0xfe, 0x80])), NOT_JSON],
  ["brackets without end", text("[".repeat(100_000)), NOT_JSON],
  ...[
    null,
    5,
    "a",
    [],
    { items: {} },
    { items: "a" },
    { items: [null] },
    { items: [5] },
    { items: [{}] },
    { items: [{ metadata: [] }] },
    { items: [secret(5)] },
    { items: [secret("bootstrap-token-abcdef"), secret(null)] },
  ].map((value): Answer => [`the value ${JSON.stringify(value).slice(0, 90)}`, () => [Response.json(value)], NO_LIST]),
  ["a body without end", endless, /it is longer than \d+ bytes/],
  ["a body that breaks off", torn, /Cannot reach the API server/],
  ["the same page for ever", () => Array.from({ length: 9 }, () => page("a", [secret("a")])), /the list does not end/],
  [
    "two pages in turn",
    () => Array.from({ length: 9 }, (_, i) => page("ab"[i % 2]!, [secret("a")])),
    /the list does not end/,
  ],
  ["empty pages without end", () => Array.from({ length: 102 }, (_, i) => page(`${i}`)), /the list does not end/],
  ["a redirect", text("", { status: 302, headers: { location: "https://192.0.2.9/" } }), /answers 302/],
  ...[400, 401, 403, 404, 410, 422].map((status): Answer => [
    `the status ${status}`,
    () => [status],
    new RegExp(`answers ${status} Injected: as told`),
  ]),
  ...[429, 500, 502, 503, 507].map((status): Answer => [
    `the status ${status}, again and again`,
    () => Array.from({ length: 9 }, () => status),
    new RegExp(`answers ${status} Injected: as told`),
  ]),
  ["a status without a message", text('{"kind":"Status"}', { status: 400 }), /answers 400/],
  ["a status of wrong types", text('{"kind":"Status","message":5,"reason":[]}', { status: 400 }), /answers 400/],
  ["an error of a proxy", text("<h1>Forbidden</h1>", { status: 403 }), /answers 403/],
  ["a long error of a proxy", text("x".repeat(1 << 20), { status: 400 }), /answers 400/],
];

const DEFAULTS = /Using the default values, because /;

/** What `certs check-expiration` passes over with a warning: it has to work on a cluster that is down. */
const MAPS: readonly Answer[] = [
  ["no JSON", text("<html>"), DEFAULTS],
  ["JSON cut off", text('{"data":{"ClusterConfiguration":"a'), DEFAULTS],
  ["nothing", text(""), DEFAULTS],
  ...[null, 5, [], {}, { data: null }, { data: [] }, { data: { ClusterConfiguration: 5 } }].map((value): Answer => [
    `the value ${JSON.stringify(value)}`,
    () => [Response.json(value)],
    /has no "ClusterConfiguration"/,
  ]),
  ...[
    "",
    "- a\n",
    "a: [\n",
    "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nnetworking: 5\n",
    "apiVersion: kubeadm.k8s.io/v1beta4\nkind: JoinConfiguration\n",
    "apiVersion: kubeadm.k8s.io/v1beta9\nkind: ClusterConfiguration\n",
  ].map((ClusterConfiguration): Answer => [
    `the configuration ${JSON.stringify(ClusterConfiguration)}`,
    () => [Response.json({ data: { ClusterConfiguration } })],
    DEFAULTS,
  ]),
  ...[301, 401, 403, 404, 500, 503].map((status): Answer => [
    `the status ${status}`,
    () => [status],
    new RegExp(`answers ${status} to the request for ConfigMap`),
  ]),
  ["a body without end", endless, /it is longer than \d+ bytes/],
  ["a body that breaks off", torn, DEFAULTS],
];

/** Answers of an API server that are none. */
export const SERVER_CASES: Category = {
  name: "answers of an API server",
  cases() {
    const made = (args: readonly string[], answers: readonly Answer[], code: number): BadInput[] =>
      answers.map(([name, answer, says]) =>
        line(`${args.join(" ")} is answered with ${name}`, args, says, {
          code,
          files: { [ADMIN]: KUBECONFIG },
          world: { connect: answering(answer) },
          secrets: [BEARER, SECRET, atob(SECRET)],
        })
      );
    return [
      ...made(["token", "list"], LISTS, EXIT.failed),
      ...made(["certs", "check-expiration"], MAPS, EXIT.ok),
    ];
  },
};
