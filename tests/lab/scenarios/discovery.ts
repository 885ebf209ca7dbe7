import { IGNORED_PREFLIGHT_ERRORS, joinConfiguration } from "../config.ts";
import type { Host } from "../host.ts";
import { changesOf, init, joinArguments, kubewright, prepare, TOKEN } from "../kubewright.ts";
import type { Run, Scenario } from "../scenario.ts";
import { type Cluster, clusterFile, prepareTrust, refusesFiles, refusesServers } from "./discovery_refusals.ts";
import { http, Impostor } from "../impostor.ts";
import { makePair } from "../authority.ts";
import { parsePrivateKey } from "../../../src/pki/key_pem.ts";
import { parseCertificates } from "../../../src/pki/certificate.ts";

const IGNORE = `--ignore-preflight-errors=${IGNORED_PREFLIGHT_ERRORS.join(",")}`;
const FILE = "/root/cluster.conf";
const TOKEN_FILE = "/root/token";

async function clusterOn(k1: Host): Promise<Cluster> {
  const given = joinArguments(await init(k1));
  const info = await k1.kubectl("get", "--raw", "/api/v1/namespaces/kube-public/configmaps/cluster-info");
  const { kubeconfig } = (JSON.parse(info) as { data: { kubeconfig: string } }).data;
  return {
    endpoint: given[1]!,
    hash: given[given.indexOf("--discovery-token-ca-cert-hash") + 1]!,
    ca: /certificate-authority-data: (\S+)/.exec(kubeconfig)![1]!,
    kubeconfig,
  };
}

/** A fresh host joins, is Ready, and is shut down; joining again changed nothing. */
async function joins(t: Run, k1: Host, name: string, how: string, command: (host: Host) => Promise<string[]>) {
  const host = await t.host(name);
  await prepare(host);
  await host.write(TOKEN_FILE, `${TOKEN}\n`, 0o600);
  const argv = ["join", ...await command(host), IGNORE];
  const ran = await t.step(`join by ${how}`, () => kubewright(host, argv));
  t.log(`it took ${ran.seconds.toFixed(1)} s`);
  await k1.kubectl("wait", "--for=condition=Ready", `node/${name}`, "--timeout=5s");
  const left = await host.shell("ls /etc/kubernetes");
  t.equal(left.split("\n"), ["kubelet.conf", "manifests", "pki"], "what join left in /etc/kubernetes");
  const again = changesOf(await kubewright(host, argv)).filter((change) => !change.includes('"kind":"wait"'));
  t.equal(again, [], "the list of changes of the same join again");
  t.equal(await host.pullAttempts(), [], `what ${name} tried to pull`);
  await host.stop();
}

/** A client certificate of the cluster for the group that may join, as an administrator would make it. */
async function joiner(k1: Host) {
  const [certificate] = parseCertificates(await k1.read("/etc/kubernetes/pki/ca.crt"));
  const keys = await parsePrivateKey(await k1.read("/etc/kubernetes/pki/ca.key"));
  return await makePair({ certificate: certificate!, keys }, {
    commonName: "system:bootstrap:by-file",
    organizations: ["system:bootstrappers:kubeadm:default-node-token"],
    usages: ["client"],
  });
}

export const scenario: Scenario = {
  name: "discovery",
  summary: "join by two pins, file, https URL, file with a certificate; files and servers that are refused",
  async run(t: Run) {
    const [k1, k2] = await t.step("two hosts boot", () => Promise.all([t.host("k1"), t.host("k2")]));
    await Promise.all([prepare(k1, { token: TOKEN }), prepare(k2)]);
    const cluster = await t.step("init", () => clusterOn(k1));
    await k2.write(TOKEN_FILE, `${TOKEN}\n`, 0o600);
    const trust = await prepareTrust(t, k2);
    const flags = ["--token-file", TOKEN_FILE, IGNORE];
    await refusesServers(t, k2, cluster, trust, flags);
    await refusesFiles(t, k2, cluster, trust, flags);
    await k2.stop();

    await joins(t, k1, "k3", "a token and two pins, the second of them right", () =>
      Promise.resolve([
        ...[cluster.endpoint, "--discovery-token", TOKEN, "--tls-bootstrap-token", TOKEN],
        ...["--discovery-token-ca-cert-hash", `sha256:${"ab".repeat(32)}`],
        ...["--discovery-token-ca-cert-hash", cluster.hash],
      ]));
    await joins(t, k1, "k4", "a file without credentials and a token", async (host) => {
      await host.write(FILE, cluster.kubeconfig);
      return ["--discovery-file", `file://${FILE}`, "--token-file", TOKEN_FILE];
    });
    await joins(t, k1, "k5", "a file with a client certificate, named in a configuration", async (host) => {
      const { cert, key } = await joiner(k1);
      const user = { "client-certificate-data": btoa(cert), "client-key-data": btoa(key) };
      await host.write(FILE, clusterFile(cluster, { user }), 0o600);
      const document = JSON.parse(joinConfiguration({ endpoint: "x:1", token: TOKEN, caCertHash: "" }));
      await host.write(
        "/root/join.yaml",
        JSON.stringify({ ...document, discovery: { file: { kubeConfigPath: FILE } } }),
      );
      return ["--config", "/root/join.yaml"];
    });
    using web = await Impostor.open(t.lab, () => http("200 OK", cluster.kubeconfig), { tls: trust.server });
    await joins(t, k1, "k6", "an https URL and a token", async (host) => {
      await trust.install(host);
      return ["--discovery-file", `https://${web.endpoint}/cluster.conf`, "--token-file", TOKEN_FILE];
    });
    t.assert(!web.received.includes(TOKEN.split(".")[1]!), "the web server was sent the token");
    t.equal(await k1.pullAttempts(), [], "what k1 tried to pull");
  },
};
