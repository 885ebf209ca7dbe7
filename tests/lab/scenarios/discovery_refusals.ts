import { days, makeAuthority, makePair, type Pair } from "../authority.ts";
import { joinConfiguration } from "../config.ts";
import type { Host } from "../host.ts";
import { type Answer, Endless, http, Impostor } from "../impostor.ts";
import { PROGRAM, TOKEN } from "../kubewright.ts";
import type { Run } from "../scenario.ts";
import { changedDocument, refused } from "../trouble.ts";

/** The cluster that workers are to join. */
export interface Cluster {
  endpoint: string;
  hash: string;
  /** Its CA, PEM in base64. */
  ca: string;
  /** The kubeconfig in cluster-info: a discovery file without credentials. */
  kubeconfig: string;
}

/** What may differ in a discovery file. */
interface Parts {
  user?: Record<string, unknown>;
  cluster?: Record<string, unknown>;
  server?: string;
}

/** A discovery file of the cluster. */
export function clusterFile({ endpoint, ca }: Cluster, parts: Parts = {}): string {
  const cluster = { server: parts.server ?? `https://${endpoint}`, "certificate-authority-data": ca, ...parts.cluster };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user: parts.user ?? {} }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });
}

/** Who may serve discovery files: a CA that hosts are told to trust, and servers that are not quite right. */
export interface Trust {
  /** A certificate for the gateway's address. */
  server: Pair;
  expired: Pair;
  elsewhere: Pair;
  unknown: Pair;
  /** Makes a host trust the CA. */
  install(host: Host): Promise<void>;
}

/** Makes the CA, and the host trust it. */
export async function prepareTrust(t: Run, host: Host): Promise<Trust> {
  const [ours, other] = await Promise.all([makeAuthority("lab"), makeAuthority("unknown")]);
  const here = { ipAddresses: [Uint8Array.from(t.lab.network.gateway.split("."), Number)] };
  const [server, expired, elsewhere, unknown] = await Promise.all([
    makePair(ours, here),
    makePair(ours, { ...here, notBefore: days(-9), notAfter: days(-1) }),
    makePair(ours, { dnsNames: ["elsewhere.example"] }),
    makePair(other, here),
  ]);
  const install = async (host: Host) => {
    await host.write("/usr/local/share/ca-certificates/lab.crt", ours.pem);
    await host.shell("update-ca-certificates");
  };
  await install(host);
  return { server, expired, elsewhere, unknown, install };
}

/** Somebody who serves a discovery file, and how it is refused. */
interface Server {
  cause: string;
  tls: false | Pair;
  answer: Answer;
  code: number;
  says: readonly string[];
}

function servers(cluster: Cluster, { server, expired, elsewhere, unknown }: Trust): Server[] {
  const good = () => http("200 OK", cluster.kubeconfig);
  const file = (parts: Parts) => () => http("200 OK", clusterFile(cluster, parts));
  return [
    { cause: "a server of an unknown CA", tls: unknown, answer: good, code: 5, says: ["not signed by a trusted CA"] },
    { cause: "an expired server", tls: expired, answer: good, code: 5, says: ["not valid at this time"] },
    { cause: "a server of another name", tls: elsewhere, answer: good, code: 5, says: ["not valid for this name"] },
    { cause: "plain HTTP", tls: false, answer: good, code: 5, says: ["does not use TLS"] },
    {
      cause: "a redirect",
      tls: server,
      answer: () => http("302 Found", "", ["Location: https://192.0.2.1/"]),
      code: 5,
      says: ["redirects are not allowed"],
    },
    { cause: "a body without end", tls: server, answer: () => new Endless(), code: 5, says: ["longer than 1048576"] },
    { cause: "404", tls: server, answer: () => http("404 Not Found", "no"), code: 3, says: ["returned status 404"] },
    { cause: "a web page", tls: server, answer: () => http("200 OK", "<html>hello</html>"), code: 3, says: ["Cannot"] },
    {
      cause: "a file from elsewhere that names files of this host",
      tls: server,
      answer: file({ user: { tokenFile: "/etc/shadow" } }),
      code: 3,
      says: ["tokenFile", "names a file of this host"],
    },
    {
      cause: "an exec plugin",
      tls: server,
      answer: file({ user: { exec: { command: "sh" } } }),
      code: 3,
      says: ["exec"],
    },
  ];
}

const QUERY = "signature=s3cr3tquery";
const SECRETS = ["s3cr3tquery", "fedcba9876543210"];

/** Joins by discovery files of servers that cannot be trusted, or of what is no such file: none is sent the token. */
export async function refusesServers(
  t: Run,
  host: Host,
  cluster: Cluster,
  trust: Trust,
  flags: string[],
): Promise<void> {
  for (const { cause, tls, answer, code, says } of servers(cluster, trust)) {
    using impostor = await Impostor.open(t.lab, answer, { tls });
    const url = `https://${impostor.endpoint}/cluster.conf`;
    const argv = ["join", "--discovery-file", `${url}?${QUERY}`, ...flags];
    await refused(t, host, cause, argv, { code, says: [url, ...says], secrets: SECRETS });
    t.assert(
      !/authorization|abcdef\.0123/i.test(impostor.received),
      `${cause} was sent a secret:\n${impostor.received}`,
    );
  }
  const given = joinConfiguration({ endpoint: "x:1", token: TOKEN, caCertHash: "" });
  const document = changedDocument(given, {
    discovery: { file: { kubeConfigPath: `https://${host.address}:4443/cluster.conf` }, tlsBootstrapToken: TOKEN },
    timeouts: { discovery: "3s" },
  });
  await host.write("/root/join.yaml", document, 0o600);
  await refused(t, host, "nobody serves it", ["join", "--config", "/root/join.yaml"], {
    code: 4,
    says: ["discovery file", "connection refused", "Timed out after 3 s"],
  });
  await refused(t, host, "an http URL", ["join", "--discovery-file", "http://192.0.2.1/cluster.conf", ...flags], {
    code: 3,
    says: ["must be a path or an https URL"],
  });
}

/** Joins by discovery files on the host that lead to nobody who can be trusted. */
export async function refusesFiles(t: Run, host: Host, cluster: Cluster, trust: Trust, flags: string[]): Promise<void> {
  const path = "/root/wrong.conf";
  const argv = ["join", "--discovery-file", path, ...flags];
  await refused(t, host, "no such file", argv, { code: 3, says: [path, "not found"] });
  const other = btoa((await makeAuthority("kubernetes")).pem);
  await host.shell(`echo '${cluster.endpoint.split(":")[0]} elsewhere.example' >>/etc/hosts`);
  const cases: [string, Parts, number, string[], string[]?][] = [
    ["no verification", { cluster: { "insecure-skip-tls-verify": true } }, 3, ["insecure-skip-tls-verify"]],
    ["an auth provider", { user: { "auth-provider": { name: "x" } } }, 3, ["auth-provider", "no plugins"]],
    ["the CA of another cluster", { cluster: { "certificate-authority-data": other } }, 5, [
      "Cannot trust the cluster",
      "not signed",
    ]],
    ["a server of another name", { server: "https://elsewhere.example:6443" }, 5, ["not valid for this name"]],
    ["an unknown token in it", { user: { token: "abcdef.fedcba9876543210" } }, 3, ["rejects the credentials"]],
  ];
  for (const [cause, parts, code, says] of cases) {
    await host.write(path, clusterFile(cluster, parts), 0o600);
    await refused(t, host, cause, argv, { code, says, secrets: SECRETS });
  }
  await host.write(path, cluster.kubeconfig);
  const noToken = argv.filter((word, i) => word !== "--token-file" && argv[i - 1] !== "--token-file");
  await refused(t, host, "neither credentials nor a token", noToken, { code: 3, says: ["has no credentials"] });
  await t.step("a server of a CA that the host trusts does not pass for the cluster", async () => {
    using impostor = await Impostor.open(t.lab, () => http("200 OK", "{}"), { tls: trust.server });
    await host.write(path, clusterFile(cluster, { server: `https://${impostor.endpoint}` }), 0o600);
    // Where Deno would trust the host's CAs besides the one that it is given, were it not told otherwise.
    const { code, stderr } = await host.exec([PROGRAM, ...argv], {
      check: false,
      env: { DENO_TLS_CA_STORE: "system" },
    });
    t.equal(code, 5, `the exit code of a join that said\n${stderr}`);
    t.includes(stderr, "not signed by the cluster's CA", "stderr");
    t.equal(impostor.received, "", "what the impostor received");
  });
}
