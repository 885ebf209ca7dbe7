import { type Answer, Endless, http, Impostor } from "../impostor.ts";
import type { Host } from "../host.ts";
import { TOKEN } from "../kubewright.ts";
import type { Run } from "../scenario.ts";
import { refused } from "../trouble.ts";

/** Path of cluster-info. */
export const INFO = "/api/v1/namespaces/kube-public/configmaps/cluster-info";
/** How whatever cannot be trusted is refused; the second half of the tokens that are tried. */
export const UNTRUSTED = { code: 5, secrets: ["fedcba9876543210"] };

/** The cluster that the worker is to join. */
export interface Cluster {
  endpoint: string;
  hash: string;
  /** Its cluster-info, as everybody may read it. */
  info: string;
}

/** cluster-info with one thing changed. */
function forged(info: string, change: (data: Record<string, string>) => Record<string, string>): string {
  const object = JSON.parse(info) as { data: Record<string, string> };
  return JSON.stringify({ ...object, data: change(object.data) });
}

/** Each who answers instead of the API server, and what the refusal says. */
function impostors({ info }: Cluster): { cause: string; answer: Answer; says: readonly (string | RegExp)[] }[] {
  const json = (body: string): Answer => (path) => path === INFO ? http("200 OK", body) : http("404 Not Found", "");
  const signature = "jws-kubeconfig-abcdef";
  return [
    {
      cause: "somebody who relays the real cluster-info",
      answer: json(info),
      says: ["not signed by the cluster's CA", "Cannot trust"],
    },
    {
      cause: "cluster-info with another server",
      answer: json(forged(info, (data) => ({
        ...data,
        kubeconfig: data["kubeconfig"]!.replace(/server: .*/, "server: https://192.0.2.1:6443"),
      }))),
      says: ["signature", "abcdef"],
    },
    {
      cause: "a signature with alg none",
      answer: json(forged(info, (data) => ({ ...data, [signature]: `${btoa('{"alg":"none","kid":"abcdef"}')}..` }))),
      says: ["signature", "HS256"],
    },
    {
      cause: "a web server",
      answer: () => http("200 OK", "<html>hello</html>"),
      says: ["not a Kubernetes API server"],
    },
    {
      cause: "a redirect",
      answer: () => http("302 Found", "", ["Location: https://192.0.2.1/"]),
      says: ["redirect"],
    },
    { cause: "a body without end", answer: () => new Endless(), says: ["longer than 1048576 bytes"] },
  ];
}

/** Lets a host join by each impostor: all are refused, and none is sent the token. */
export async function refusesImpostors(t: Run, k2: Host, cluster: Cluster, ...flags: string[]): Promise<void> {
  const argv = (endpoint: string) => [
    "join",
    endpoint,
    "--token",
    TOKEN,
    "--discovery-token-ca-cert-hash",
    cluster.hash,
    ...flags,
  ];
  for (const { cause, answer, says } of impostors(cluster)) {
    using impostor = await Impostor.open(t.lab, answer);
    await refused(t, k2, cause, argv(impostor.endpoint), { ...UNTRUSTED, says: [impostor.endpoint, ...says] });
    t.includes(impostor.received, `GET ${INFO}`, "what the impostor received");
    for (const secret of [TOKEN, TOKEN.split(".")[1]!, "Authorization", "authorization"]) {
      t.assert(!impostor.received.includes(secret), `${cause} was sent "${secret}":\n${impostor.received}`);
    }
  }
  using plain = await Impostor.open(
    t.lab,
    () => http("400 Bad Request", "Client sent an HTTPS request to an HTTP server."),
    { tls: false },
  );
  await refused(t, k2, "plain HTTP", argv(plain.endpoint), { ...UNTRUSTED, says: [plain.endpoint, "TLS"] });
  t.assert(!plain.received.includes(TOKEN.split(".")[1]!), `plain HTTP was sent the token:\n${plain.received}`);
}
