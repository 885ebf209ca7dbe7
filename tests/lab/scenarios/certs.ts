import { init, kubewright, prepare, PROGRAM } from "../kubewright.ts";
import type { Host } from "../host.ts";
import { podsRunning } from "../pods.ts";
import type { Run, Scenario } from "../scenario.ts";

const PKI = "/etc/kubernetes/pki";
const RENEWABLE = 11;

interface Expiration {
  name: string;
  expirationDate: string | null;
  residualTime: number;
}

interface ExpirationInfo {
  certificates: Expiration[];
  certificateAuthorities: Expiration[];
}

/** What `certs check-expiration -o json` of a program says, without the seconds that pass between two calls. */
async function expirations(host: Host, program: string, ...flags: string[]): Promise<ExpirationInfo> {
  const { stdout } = await host.exec([program, "certs", "check-expiration", "-o", "json", ...flags]);
  const info = JSON.parse(stdout) as ExpirationInfo;
  for (const entry of [...info.certificates, ...info.certificateAuthorities]) {
    entry.residualTime = Math.round(entry.residualTime / 120);
  }
  return info;
}

/** Both programs say the same of the same host, as JSON field by field and as text. */
async function asKubeadm(t: Run, k1: Host, ...flags: string[]): Promise<ExpirationInfo> {
  const [ours, theirs] = [await expirations(k1, PROGRAM, ...flags), await expirations(k1, "kubeadm", ...flags)];
  const sorted = (info: ExpirationInfo) => JSON.parse(JSON.stringify(info), (_, value) => inOrder(value));
  t.equal(sorted(ours), sorted(theirs), "certs check-expiration -o json");
  const table = async (program: string) => {
    const { stdout } = await k1.exec([program, "certs", "check-expiration", ...flags]);
    const from = stdout.indexOf("CERTIFICATE ");
    const lines = stdout.slice(from).split("\n").map((line) => line.trimEnd());
    return lines.filter((line) => !line.startsWith("The kubelet's")).join("\n").trim();
  };
  t.equal(await table(PROGRAM), await table("kubeadm"), "certs check-expiration");
  return ours;
}

/** A mapping with its keys in order. */
function inOrder(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}

/** Subject, names and usages of every leaf, and the hash of its key. */
async function leaves(k1: Host): Promise<{ said: string; keys: string[] }> {
  const each = `for f in $(find ${PKI} -name '*.crt' ! -name '*ca.crt' | sort); do `;
  const said = await k1.shell(
    `${each} echo "$f"; openssl x509 -in "$f" -noout -subject -issuer -ext subjectAltName,extendedKeyUsage 2>/dev/null; done`,
  );
  const keys = await k1.shell(`${each} openssl x509 -in "$f" -noout -pubkey | sha256sum; done`);
  return { said, keys: keys.split("\n") };
}

/** Each key belongs to its certificate, and each certificate to its authority. */
async function pairsFit(k1: Host): Promise<void> {
  await k1.shell(
    `for f in $(find ${PKI} -name '*.crt' ! -name '*ca.crt'); do ` +
      `case "$f" in */etcd/*|*apiserver-etcd-client*) ca=etcd/ca;; *front-proxy*) ca=front-proxy-ca;; *) ca=ca;; esac; ` +
      `openssl verify -CAfile ${PKI}/$ca.crt "$f" >/dev/null; ` +
      `[ "$(openssl x509 -in "$f" -noout -pubkey)" = "$(openssl pkey -in "\${f%.crt}.key" -pubout)" ]; done`,
  );
}

async function works(t: Run, k1: Host): Promise<void> {
  await t.step("the cluster works: node Ready, a pod is made, its log is read, it is run in", async () => {
    await k1.kubectl("wait", "--for=condition=Ready", "node/k1", "--timeout=60s");
    await podsRunning(k1, "kube-system", 120_000);
    await k1.kubectl("create", "configmap", "proof", `--from-literal=at=${Date.now()}`);
    await k1.kubectl("delete", "configmap", "proof");
    await k1.kubectl("logs", "-n", "kube-system", "kube-apiserver-k1", "--tail=1");
    const { stdout } = await k1.exec(["kubectl", "exec", "-n", "kube-system", "etcd-k1", "--", "etcd", "--version"], {
      env: { KUBECONFIG: "/etc/kubernetes/admin.conf" },
      check: false,
    });
    t.log(`etcd in its pod: ${stdout.split("\n")[0]}`);
  });
}

/** The serving certificate of the API server, as its clients see it. */
async function served(k1: Host): Promise<string> {
  return await k1.shell(
    "openssl s_client -connect $(hostname -I | cut -d' ' -f1):6443 </dev/null 2>/dev/null | openssl x509 -noout -enddate -serial",
  );
}

export const scenario: Scenario = {
  name: "certs",
  summary:
    "expiration as real kubeadm tells it; renew all and restart; kubeadm renews, ours reads; a user's kubeconfig",
  async run(t: Run) {
    const k1 = await t.step("host boots", () => t.host("k1"));
    await prepare(k1, { cluster: { certificateValidityPeriod: "100h0m0s" } });
    await k1.install("kubeadm", "kubectl");
    await t.step("init", () => init(k1));
    const before = await t.step("check-expiration is what kubeadm's is", () => asKubeadm(t, k1));
    t.equal(before.certificates.length, RENEWABLE, "the number of certificates");
    const old = { leaves: await leaves(k1), served: await served(k1) };

    const dry = await t.step("dry run of renew", () => kubewright(k1, ["certs", "renew", "all", "--dry-run"]));
    t.equal((await leaves(k1)).keys, old.leaves.keys, "the keys after a dry run");
    t.equal(dry.events.filter(({ kind }) => kind === "write").length, 7 * 2 + 4, "the writes that a dry run tells of");
    await k1.shell("sleep 1"); // dates are whole seconds
    const renewed = await t.step("renew all --restart", () => kubewright(k1, ["certs", "renew", "all", "--restart"]));
    t.log(`renew and restart took ${renewed.seconds.toFixed(1)} s`);
    for (const { what, ms } of renewed.events.filter(({ event, done }) => event === "wait" && done === true)) {
      t.log(`  ${what}: ${(Number(ms) / 1000).toFixed(1)} s`);
    }
    t.equal(
      renewed.events.at(-1)!["restarted"],
      ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"],
      "the pods that were restarted",
    );
    await pairsFit(k1);
    const now = await leaves(k1);
    t.equal(now.said, old.leaves.said, "subjects, names and usages");
    t.equal(now.keys.filter((key) => old.leaves.keys.includes(key)), [], "the list of keys that are not new");
    t.assert(await served(k1) !== old.served, "the API server shows its former certificate");
    const after = await asKubeadm(t, k1);
    const later = after.certificates.filter(({ expirationDate }, i) =>
      expirationDate! > before.certificates[i]!.expirationDate!
    );
    t.equal(later.length, RENEWABLE, "the number of certificates that expire later than before");
    const dates = (info: ExpirationInfo) => info.certificateAuthorities.map(({ expirationDate }) => expirationDate);
    t.equal(dates(after), dates(before), "when the authorities expire");
    await works(t, k1);

    await t.step("kubeadm renews, ours reads it", async () => {
      await k1.exec(["kubeadm", "certs", "renew", "all"]);
      await pairsFit(k1);
      await asKubeadm(t, k1);
    });
    await t.step("the API server is down: the same is said, from the defaults", async () => {
      await k1.shell("mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/");
      await k1.shell("for i in $(seq 60); do ss -tln | grep -q :6443 || exit 0; sleep 0.5; done; exit 1");
      const { stdout, stderr } = await k1.exec([PROGRAM, "certs", "check-expiration", "-o", "json"]);
      t.equal((JSON.parse(stdout) as ExpirationInfo).certificates.length, RENEWABLE, "the number of certificates");
      t.includes(stderr, "the cluster's configuration cannot be read", "the warning");
      await k1.exec([PROGRAM, "certs", "renew", "apiserver"]);
      await k1.shell("mv /root/kube-apiserver.yaml /etc/kubernetes/manifests/");
      await k1.shell(
        "for i in $(seq 120); do kubectl --kubeconfig /etc/kubernetes/admin.conf get --raw /readyz >/dev/null 2>&1 && exit 0; sleep 0.5; done; exit 1",
      );
      await pairsFit(k1);
    });
    await works(t, k1);
    await t.step("an external authority: passed over, and told, as kubeadm does", async () => {
      await k1.shell(`mv ${PKI}/front-proxy-ca.key /root/`);
      await asKubeadm(t, k1);
      const { events } = await kubewright(k1, ["certs", "renew", "front-proxy-client"]);
      t.includes(JSON.stringify(events.at(-1)), '"outcome":"external"', "the result");
      await k1.shell(`mv /root/front-proxy-ca.key ${PKI}/`);
    });
    await t.step("kubeconfig user: the API server knows the user by it", async () => {
      const user = ["kubeconfig", "user", "--client-name", "jane", "--org", "dev,ops", "--validity-period", "1h"];
      await k1.shell(`${PROGRAM} ${user.join(" ")} >/root/jane.conf; chmod 600 /root/jane.conf`);
      const { stdout } = await k1.exec(["kubectl", "--kubeconfig", "/root/jane.conf", "auth", "whoami", "-o", "json"]);
      const { username, groups } = JSON.parse(stdout).status.userInfo;
      t.equal([username, groups], ["jane", ["dev", "ops", "system:authenticated"]], "user and groups");
    });
    await t.noPulls();
  },
};
