/**
 * Servers that notice who talks to them: the cluster, one that only relays what the cluster says, a proxy, a collector.
 *
 * @module
 */

import { clusterInfoObjects } from "../../src/cluster/objects/cluster_info.ts";
import { makeCertificates, type TestCertificates } from "../fakes/api_server.ts";
import { parseCertificates } from "../../src/pki/certificate.ts";
import { signDetached } from "../../src/pki/jws.ts";
import { publicKeyPin } from "../../src/pki/pin.ts";
import { parseToken } from "../../src/pki/token.ts";

/** The bootstrap token of `join`, and the bearer token of the kubeconfigs. Neither may reach anybody but the cluster. */
export const TOKEN = "abcdef.0123456789abcdef";
export const BEARER = "correct-horse-battery-staple";
const CLUSTER_INFO = "/api/v1/namespaces/kube-public/configmaps/cluster-info";

/** What a server was sent, and where it is. */
export interface Witness {
  /** `127.0.0.1:40000`. */
  readonly address: string;
  /** `GET /path`, with the credentials that came along. */
  readonly requests: string[];
  /** How often somebody connected; of the servers without TLS. */
  connections: number;
}

export interface Environment extends AsyncDisposable {
  /** A folder that is empty at first. */
  readonly folder: string;
  readonly cluster: Witness;
  /** Has the cluster's answers and a certificate of a CA that nobody gave to the program. */
  readonly relay: Witness;
  readonly proxy: Witness;
  readonly collector: Witness;
  /** The CA of the relay's certificate: a file, and a folder with it under its hash. */
  readonly relayCa: { file: string; folder: string };
  /** Hash of the cluster CA's public key. */
  readonly pin: string;
  /** Kubeconfigs with the cluster's CA and a bearer token. */
  kubeconfig(of: Witness): string;
  /** Is called with each request to the cluster. */
  onRequest: () => Promise<void>;
}

/** An API server with these certificates, which has cluster-info and one bootstrap token. */
function apiServer(certificates: TestCertificates, info: () => unknown, asked: () => Promise<void>) {
  const requests: string[] = [];
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    cert: certificates.certificate,
    key: certificates.key,
    onListen() {},
  }, async (request) => {
    const { pathname } = new URL(request.url);
    requests.push(`${request.method} ${pathname} ${request.headers.get("authorization") ?? "-"}`);
    await asked();
    if (pathname === CLUSTER_INFO) return Response.json(info());
    if (pathname === "/api/v1/namespaces/kube-system/secrets") return Response.json({ metadata: {}, items: [] });
    return Response.json({ kind: "Status", reason: "NotFound", code: 404 }, { status: 404 });
  });
  return { server, witness: { address: `127.0.0.1:${server.addr.port}`, requests, connections: 0 } };
}

/** Listens, keeps what comes, never answers. */
function listener(): { witness: Witness; close(): void } {
  const listening = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const witness: Witness = { address: `127.0.0.1:${listening.addr.port}`, requests: [], connections: 0 };
  (async () => {
    for await (const connection of listening) {
      witness.connections++;
      const buffer = new Uint8Array(4096);
      connection.read(buffer).then((size) => {
        witness.requests.push(new TextDecoder("latin1").decode(buffer.subarray(0, size ?? 0)));
        connection.close();
      }).catch(() => {});
    }
  })().catch(() => {});
  return { witness, close: () => listening.close() };
}

/** Starts them all. */
export async function openEnvironment(): Promise<Environment> {
  const [own, other] = await Promise.all([makeCertificates(), makeCertificates()]);
  const folder = await Deno.makeTempDir({ prefix: "kubewright-environment-" });
  const info: Record<string, unknown> = {};
  const environment = { onRequest: () => Promise.resolve() };
  const cluster = apiServer(own, () => info, () => environment.onRequest());
  const relay = apiServer(other, () => info, () => Promise.resolve());
  const [map] = clusterInfoObjects({ server: `https://${cluster.witness.address}`, caPem: own.ca });
  const { kubeconfig = "" } = map!.data as Record<string, string>;
  Object.assign(info, map, {
    data: { kubeconfig, "jws-kubeconfig-abcdef": await signDetached(kubeconfig, parseToken(TOKEN)) },
  });
  const [proxy, collector] = [listener(), listener()];
  const relayCa = { file: `${folder}.ca/ca.pem`, folder: `${folder}.ca` };
  await Deno.mkdir(relayCa.folder);
  await Deno.writeTextFile(relayCa.file, other.ca);
  const hash = await new Deno.Command("openssl", { args: ["x509", "-noout", "-hash", "-in", relayCa.file] }).output();
  await Deno.writeTextFile(`${relayCa.folder}/${new TextDecoder().decode(hash.stdout).trim()}.0`, other.ca);
  const write = (name: string, { address }: Witness) => {
    const path = `${relayCa.folder}/${name}.conf`;
    Deno.writeTextFileSync(
      path,
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": "a",
        contexts: [{ name: "a", context: { cluster: "c", user: "u" } }],
        clusters: [{
          name: "c",
          cluster: { server: `https://${address}`, "certificate-authority-data": btoa(own.ca) },
        }],
        users: [{ name: "u", user: { token: BEARER } }],
      }),
    );
    return path;
  };
  return Object.assign(environment, {
    folder,
    cluster: cluster.witness,
    relay: relay.witness,
    proxy: proxy.witness,
    collector: collector.witness,
    relayCa,
    pin: await publicKeyPin(parseCertificates(own.ca)[0]!.publicKeyDer),
    kubeconfig: (of: Witness) => write(of === cluster.witness ? "cluster" : "relay", of),
    async [Symbol.asyncDispose]() {
      proxy.close();
      collector.close();
      await Promise.all([cluster.server.shutdown(), relay.server.shutdown()]);
      await Deno.remove(folder, { recursive: true });
      await Deno.remove(relayCa.folder, { recursive: true });
    },
  });
}
