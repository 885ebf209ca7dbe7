import assert from "node:assert/strict";
import { duration } from "../../config/duration.ts";
import { fake } from "../../../tests/fakes/fake.ts";
import { clusterInfoObjects } from "../../cluster/objects/cluster_info.ts";
import type { JoinConfiguration } from "../../config/types.ts";
import { TimedOut, Untrusted } from "../../errors.ts";
import { memoryHost } from "../../../tests/fakes/memory_host.ts";
import { certificatePem } from "../../pki/certificate.ts";
import { issueAuthority } from "../../pki/issue.ts";
import { signDetached } from "../../pki/jws.ts";
import { generateKeyPair, publicKeyDer } from "../../pki/keys.ts";
import { publicKeyPin } from "../../pki/pin.ts";
import { parseToken } from "../../pki/token.ts";
import type { HttpAnswer, KubeClient, KubeCredentials, System } from "../../system.ts";
import { discoverByToken } from "./token.ts";
import { KubeError, TLS_REFUSED, UNREACHABLE } from "../../system/kube_error.ts";

const TOKEN = "abcdef.0123456789abcdef";
const OTHER_TOKEN = "abcdef.fedcba9876543210";

async function authority() {
  const keys = await generateKeyPair("ECDSA-P256");
  const period = { notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: new Date("2036-01-01T00:00:00Z") };
  const pem = certificatePem(await issueAuthority("kubernetes", period, keys));
  return { pem, pin: await publicKeyPin(await publicKeyDer(keys.publicKey)) };
}

const CA = await authority();
const KUBECONFIG = (clusterInfoObjects({ server: "https://192.0.2.1:6443", caPem: CA.pem })[0]!.data as {
  kubeconfig: string;
}).kubeconfig;

async function signed(kubeconfig: string, token = TOKEN): Promise<Record<string, string>> {
  return { kubeconfig, "jws-kubeconfig-abcdef": await signDetached(kubeconfig, parseToken(token)) };
}

function answerWith(data: Record<string, string>): HttpAnswer {
  return { status: 200, body: JSON.stringify({ kind: "ConfigMap", data }) };
}

/** Discovers against a server that gives these answers; returns what it was connected to with. */
async function run(
  unverified: () => HttpAnswer,
  overCA = KUBECONFIG,
  pins = [CA.pin],
  discovery = "1s",
  troubles: (Error | HttpAnswer)[] = [],
) {
  const connected: KubeCredentials[] = [];
  const system = fake<System>("system", {
    host: memoryHost({ waits: true }, () => {}),
    unverified: { get: () => Promise.resolve(unverified()) },
    connect(credentials: KubeCredentials) {
      connected.push(credentials);
      const probe = () => {
        const next = troubles.shift() ?? answerWith({ kubeconfig: overCA });
        return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
      };
      return fake<KubeClient>("API client", { probe });
    },
  });
  const bootstrapToken = {
    token: TOKEN,
    apiServerEndpoint: { host: "192.0.2.1", port: 6443 },
    caCertHashes: pins,
    unsafeSkipCAVerification: false,
  };
  const config = {
    discovery: { bootstrapToken },
    timeouts: { discovery: duration(discovery) },
  } as unknown as JoinConfiguration;
  return { cluster: await discoverByToken(system, config), connected };
}

Deno.test("discoverByToken() trusts a signed cluster-info whose CA has the pinned key, and shows it no token", async () => {
  const answer = answerWith(await signed(KUBECONFIG));
  const { cluster, connected } = await run(() => answer);
  assert.deepEqual(cluster, { server: "https://192.0.2.1:6443", caPem: CA.pem });
  assert.deepEqual(connected, [{ server: "https://192.0.2.1:6443", caPem: CA.pem }]);
});

const other = await authority();

Deno.test("discoverByToken() trusts of several CAs only the pinned one until cluster-info is confirmed", async () => {
  const bundle = `${other.pem}${CA.pem}`;
  const kubeconfig = (clusterInfoObjects({ server: "https://192.0.2.1:6443", caPem: bundle })[0]!.data as {
    kubeconfig: string;
  }).kubeconfig;
  const answer = answerWith(await signed(kubeconfig));
  const { cluster, connected } = await run(() => answer, kubeconfig);
  assert.deepEqual(connected, [{ server: "https://192.0.2.1:6443", caPem: CA.pem }]);
  assert.deepEqual(cluster, { server: "https://192.0.2.1:6443", caPem: bundle });
  const both = await run(() => answer, kubeconfig, [CA.pin, other.pin]);
  assert.deepEqual(both.connected, [{ server: "https://192.0.2.1:6443", caPem: bundle }]);
});

Deno.test("discoverByToken() asks again over the CA after trouble that says nothing about trust", async () => {
  const answer = answerWith(await signed(KUBECONFIG));
  const unreachable = new KubeError("Cannot reach", { status: 0, reason: UNREACHABLE });
  const answers = [503, 403].map((status) => ({ status, body: "" }));
  const troubles: (KubeError | HttpAnswer)[] = [unreachable, ...answers, { status: 200, body: "starting" }];
  const { cluster } = await run(() => answer, KUBECONFIG, [CA.pin], "20s", troubles);
  assert.equal(cluster.caPem, CA.pem);
  const refused = new KubeError("Cannot reach", { status: 0, reason: TLS_REFUSED });
  await assert.rejects(run(() => answer, KUBECONFIG, [CA.pin], "20s", [refused]), Untrusted);
});

Deno.test("discoverByToken() ends with the time, and with what to do, when cluster-info is not shown over the CA", async () => {
  const answer = answerWith(await signed(KUBECONFIG));
  for (const status of [401, 403, 404]) {
    const troubles = Array.from({ length: 50 }, () => ({ status, body: "" }));
    await assert.rejects(run(() => answer, KUBECONFIG, [CA.pin], "20ms", troubles), (error) => {
      assert.ok(error instanceof TimedOut);
      assert.match(
        error.message,
        new RegExp(`over the pinned CA. Last state: the API server returned status ${status}`),
      );
      assert.match(error.hints.join(" "), /kubewright init phase bootstrap-token.*curl -k .*cluster-info/);
      return true;
    });
    await assert.rejects(run(() => ({ status, body: "" }), KUBECONFIG, [CA.pin], "20ms"), (error) => {
      assert.ok(error instanceof TimedOut);
      assert.match(error.hints.join(" "), /bootstrap-token/);
      return true;
    });
  }
});

/** What must be refused, and the words that say why. */
const REFUSED: Record<string, { data: Record<string, string>; overCA?: string; pins?: string[]; says: RegExp }> = {
  "a signature by another token": { data: await signed(KUBECONFIG, OTHER_TOKEN), says: /signature/i },
  "a signature of another kubeconfig": {
    data: { ...await signed(KUBECONFIG), kubeconfig: KUBECONFIG.replace("192.0.2.1", "192.0.2.2") },
    says: /signature/i,
  },
  "a signature without an algorithm": {
    data: { kubeconfig: KUBECONFIG, "jws-kubeconfig-abcdef": `${btoa('{"alg":"none","kid":"abcdef"}')}..` },
    says: /signature/i,
  },
  "another CA than the pinned one": { data: await signed(KUBECONFIG), pins: [other.pin], says: /public key hash/ },
  "another cluster-info over the CA": {
    data: await signed(KUBECONFIG),
    overCA: "other",
    says: /differs when read over the pinned CA/,
  },
};

for (const [what, { data, overCA, pins, says }] of Object.entries(REFUSED)) {
  Deno.test(`discoverByToken() refuses ${what}`, async () => {
    await assert.rejects(run(() => answerWith(data), overCA, pins), (error) => {
      assert.ok(error instanceof Untrusted);
      const text = [error.message, (error.cause as Error | undefined)?.message].join(" ");
      assert.match(text, says);
      assert.ok(!text.includes("0123456789abcdef"), "the token's secret is in the error");
      return true;
    });
  });
}

Deno.test("discoverByToken() says that a token without a signature is unknown or expired", async () => {
  await assert.rejects(
    run(() => answerWith({ kubeconfig: KUBECONFIG })),
    /unknown to the cluster at .*, or expired/,
  );
});

Deno.test("discoverByToken() ends when nobody answers", async () => {
  await assert.rejects(run(() => ({ status: 503, body: "" }), KUBECONFIG, [CA.pin], "300ms"), TimedOut);
});
