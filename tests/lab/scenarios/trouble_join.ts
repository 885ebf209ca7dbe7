import { IGNORED_PREFLIGHT_ERRORS, joinConfiguration } from "../config.ts";
import { LEFT_ON_WORKER, PKI } from "../foreign.ts";
import type { Host } from "../host.ts";
import { init, joinArguments, prepare, TOKEN } from "../kubewright.ts";
import { apply } from "../pods.ts";
import { until } from "../process.ts";
import type { Run, Scenario } from "../scenario.ts";
import { changedDocument, during, type Refusal, refused, succeeds } from "../trouble.ts";
import { type Cluster, INFO, refusesImpostors, UNTRUSTED } from "./trouble_impostors.ts";

const IGNORE = `--ignore-preflight-errors=${IGNORED_PREFLIGHT_ERRORS.join(",")}`;
const OTHER_HASH = `sha256:${"ab".repeat(32)}`;
const UNKNOWN_TOKEN = "zzzzzz.fedcba9876543210";
const EXPIRED_TOKEN = "oldold.fedcba9876543210";

/** A kubelet that tells its version and does nothing else: it never asks for its identity. */
const STUBBORN = "/usr/local/bin/kubelet";

async function stubbornKubelet(t: Run, { endpoint, hash }: Cluster): Promise<void> {
  const k3 = await t.host("k3");
  await prepare(k3);
  const text = joinConfiguration({ endpoint, token: TOKEN, caCertHash: hash });
  await k3.write("/root/join.yaml", changedDocument(text, { timeouts: { tlsBootstrap: "15s" } }), 0o600);
  await k3.write(
    STUBBORN,
    '#!/bin/sh\n[ "$1" = --version ] && exec /usr/bin/kubelet --version\necho "Error: no luck today"; exit 1\n',
    0o755,
  );
  const command = ["join", "--config", "/root/join.yaml"];
  await refused(t, k3, "a kubelet that ends at once", command, {
    code: 4,
    says: ["the kubelet to get its own identity", "restarted", "Error: no luck today", "rerun the command"],
    goesOn: true,
  });
  await k3.shell(`rm ${STUBBORN}`);
  await succeeds(t, k3, command);
}

/** Makes a token that is good for three seconds, and waits until the cluster has forgotten it. */
async function expiringToken(k1: Host): Promise<void> {
  const [id, secret] = EXPIRED_TOKEN.split(".");
  await apply(k1, {
    apiVersion: "v1",
    kind: "Secret",
    type: "bootstrap.kubernetes.io/token",
    metadata: { name: `bootstrap-token-${id}`, namespace: "kube-system" },
    stringData: {
      "token-id": id,
      "token-secret": secret,
      "usage-bootstrap-signing": "true",
      "usage-bootstrap-authentication": "true",
      expiration: new Date(Date.now() + 3000).toISOString(),
    },
  });
  const signed = async () => (await k1.kubectl("get", "--raw", INFO)).includes(`jws-kubeconfig-${id}`);
  await until("the token to expire", async () => !await signed(), { timeout: 30_000, interval: 500 });
}

/** A join with a configuration file and a short time for discovery. */
async function impatient(k2: Host, cluster: Cluster, endpoint: string): Promise<string[]> {
  const text = joinConfiguration({ endpoint, token: TOKEN, caCertHash: cluster.hash });
  await k2.write("/root/join.yaml", changedDocument(text, { timeouts: { discovery: "4s" } }), 0o600);
  return ["join", "--config", "/root/join.yaml"];
}

async function clusterOn(k1: Host): Promise<Cluster> {
  const given = joinArguments(await init(k1));
  return {
    endpoint: given[1]!,
    hash: given[given.indexOf("--discovery-token-ca-cert-hash") + 1]!,
    info: await k1.kubectl("get", "--raw", INFO),
  };
}

export const scenario: Scenario = {
  name: "trouble-join",
  summary: "wrong hash, token, endpoint, impostors, another cluster's host: refused, no token sent; then join succeeds",
  async run(t) {
    const [k1, k2] = await t.step("two hosts boot", () => Promise.all([t.host("k1"), t.host("k2")]));
    await Promise.all([prepare(k1, { token: TOKEN }), prepare(k2)]);
    const cluster = await t.step("init", () => clusterOn(k1));
    const { endpoint, hash } = cluster;
    const argv = (changes: { endpoint?: string; token?: string; hash?: string } = {}) => [
      "join",
      changes.endpoint ?? endpoint,
      "--token",
      changes.token ?? TOKEN,
      "--discovery-token-ca-cert-hash",
      changes.hash ?? hash,
      IGNORE,
    ];
    const command = argv();
    const refuse = (cause: string, given: readonly string[], refusal: Refusal) => refused(t, k2, cause, given, refusal);

    await refuse("a name that resolves nowhere", argv({ endpoint: "nowhere.invalid" }), {
      code: 2,
      says: ["nowhere.invalid", "resolve"],
      within: 30,
    });
    await refuse("nobody listens", await impatient(k2, cluster, `${k2.address}:6443`), {
      code: 4,
      says: [`${k2.address}:6443`, "connection refused", "Timed out after 4 s", "curl -k"],
    });
    await refuse("wrong CA hash", argv({ hash: OTHER_HASH }), {
      ...UNTRUSTED,
      says: [endpoint, OTHER_HASH, hash, "Use the hash"],
    });
    await refuse("unknown token", argv({ token: UNKNOWN_TOKEN }), {
      ...UNTRUSTED,
      says: ["zzzzzz", endpoint, "expired", "kubewright token create"],
      within: 20,
    });
    await refuse("token with another secret", argv({ token: "abcdef.fedcba9876543210" }), {
      ...UNTRUSTED,
      says: ["abcdef", "secret"],
    });
    await t.step("a token expires", () => expiringToken(k1));
    await refuse("expired token", argv({ token: EXPIRED_TOKEN }), {
      ...UNTRUSTED,
      says: ["oldold", "expired"],
      within: 20,
    });
    await refusesImpostors(t, k2, cluster, IGNORE);
    await refuse("the name of a Ready node", [...command, "--node-name", "k1"], {
      code: 3,
      says: ['Ready node "k1"', "--node-name", "kubectl delete node k1"],
    });
    for (const { cause, begin, code, says } of LEFT_ON_WORKER) {
      await during(
        async () => void await k2.shell(`mkdir -p ${PKI}; cd ${PKI}; ${begin}`),
        () => refuse(cause, command, { code, says }),
        async () => void await k2.shell("rm -r /etc/kubernetes"),
      );
    }
    await succeeds(t, k2, command);
    await k1.kubectl("wait", "--for=condition=Ready", "node/k2", "--timeout=5s");
    await stubbornKubelet(t, cluster);
    await t.noPulls();
  },
};
