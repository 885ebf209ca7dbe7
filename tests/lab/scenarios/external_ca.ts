import { init, join, joinArguments, kubewright, prepare } from "../kubewright.ts";
import { podsRunning } from "../pods.ts";
import type { Host } from "../host.ts";
import type { Run, Scenario } from "../scenario.ts";

/** Where the keys of the authorities are: not in /etc/kubernetes. On k1 only because openssl is there. */
const VAULT = "/root/vault";
const PKI = "/etc/kubernetes/pki";
const ADMIN = "KUBECONFIG=/etc/kubernetes/admin.conf";

/** Makes the three authorities by openssl, and gives the host their certificates alone. */
const AUTHORITIES = `
mkdir -p -m 700 ${VAULT}/etcd ${PKI}/etcd
for ca in ca front-proxy-ca etcd/ca; do
  openssl ecparam -name prime256v1 -genkey -noout -out ${VAULT}/$ca.key
  openssl req -x509 -new -key ${VAULT}/$ca.key -days 3650 -subj "/O=Example Corp/CN=external-$(basename $ca)" -out ${VAULT}/$ca.crt \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature
  cp ${VAULT}/$ca.crt ${PKI}/$ca.crt
done
chmod 755 ${PKI} ${PKI}/etcd; chmod 644 ${PKI}/*.crt ${PKI}/etcd/*.crt
`;

/** Signs every request as an external authority would, and puts the certificates where they belong. */
const SIGN = `
sign() { openssl x509 -req -in "$1" -CA ${VAULT}/$2.crt -CAkey ${VAULT}/$2.key -CAcreateserial -days 365 -copy_extensions copyall -out "$3" 2>/dev/null; }
for csr in ${PKI}/*.csr ${PKI}/etcd/*.csr; do
  case "$csr" in */etcd/*|*apiserver-etcd-client*) ca=etcd/ca;; *front-proxy*) ca=front-proxy-ca;; *) ca=ca;; esac
  sign "$csr" $ca "\${csr%.csr}.crt"; rm "$csr"
done
for csr in /etc/kubernetes/*.conf.csr; do
  conf="\${csr%.csr}"; sign "$csr" ca /root/client.crt
  name=$(kubectl config view --kubeconfig "$conf" -o jsonpath='{.users[0].name}')
  kubectl config set-credentials "$name" --kubeconfig "$conf" --client-certificate=/root/client.crt --embed-certs >/dev/null
  kubectl config set-cluster kubernetes --kubeconfig "$conf" --certificate-authority=${PKI}/ca.crt --embed-certs >/dev/null
  rm "$csr" /root/client.crt
done
`;

/** What an external signer does for kubelets: signs what the cluster has approved, until it is stopped. */
const SIGNER = `
while :; do
  for name in $(${ADMIN} kubectl get csr -o jsonpath='{range .items[?(@.spec.signerName=="kubernetes.io/kube-apiserver-client-kubelet")]}{.metadata.name}{"\\n"}{end}' 2>/dev/null); do
    approved=$(${ADMIN} kubectl get csr $name -o jsonpath='{.status.conditions[?(@.type=="Approved")].status}')
    signed=$(${ADMIN} kubectl get csr $name -o jsonpath='{.status.certificate}')
    [ "$approved" = True ] && [ -z "$signed" ] || continue
    ${ADMIN} kubectl get csr $name -o jsonpath='{.spec.request}' | base64 -d >/root/node.csr
    printf 'extendedKeyUsage=clientAuth\\nkeyUsage=critical,digitalSignature\\n' >/root/node.ext
    openssl x509 -req -in /root/node.csr -CA ${VAULT}/ca.crt -CAkey ${VAULT}/ca.key -CAcreateserial -days 365 -extfile /root/node.ext -out /root/node.crt
    ${ADMIN} kubectl patch csr $name --subresource=status --type=merge -p "{\\"status\\":{\\"certificate\\":\\"$(base64 -w0 /root/node.crt)\\"}}"
  done
  sleep 0.5
done
`;

/** Files with modes, kubeconfigs without their keys, and what each request asks for, of `certs generate-csr` by a program. */
async function requestsOf(k1: Host, program: string): Promise<string> {
  const into = `/root/csr-${program}`;
  const flags = ["--config", "/root/kubewright.yaml", "--cert-dir", `${into}/pki`, "--kubeconfig-dir", into];
  await k1.exec(["mkdir", "-p", into]);
  await k1.exec([program, "certs", "generate-csr", ...flags]);
  return await k1.shell(
    `cd ${into}; find . -mindepth 1 -printf '%m %p\\n' | sort -k2; ` +
      `for f in *.conf; do sed 's/client-key-data: .*/client-key-data/' $f; done; ` +
      `for f in $(find . -name '*.csr' | sort); do echo $f; ` +
      `openssl req -in $f -noout -text -verify 2>&1 | grep -E 'Subject:|DNS:|verify OK|Algorithm:|Public-Key'; done`,
  );
}

async function refusedWithOneList(t: Run, k1: Host): Promise<void> {
  const { code, events } = await kubewright(k1, ["init", "--config", "/root/kubewright.yaml"], { check: false });
  t.equal(code, 3, "the exit code");
  const problems = events.at(-1)!["problems"] as { where: string; what: string }[];
  t.equal(
    problems.map(({ where, what }) => [where, what.split("\n").length - 1]),
    [[`${PKI}/ca.crt`, 7], [`${PKI}/front-proxy-ca.crt`, 1], [`${PKI}/etcd/ca.crt`, 4]],
    "the problems, each with the number of things that are missing",
  );
  t.equal(events.filter(({ event }) => event === "change"), [], "the list of changes");
}

export const scenario: Scenario = {
  name: "external-ca",
  summary:
    "authorities whose keys are elsewhere: generate-csr, signed by openssl, init, a worker joins, renew passes over",
  async run(t: Run) {
    const [k1, k2] = await t.step("two hosts boot", () => Promise.all([t.host("k1"), t.host("k2")]));
    await Promise.all([prepare(k1, { algorithm: "ECDSA-P256" }), prepare(k2)]);
    await k1.install("kubectl", "kubeadm");
    await t.step("authorities by openssl, their keys elsewhere", () => k1.shell(AUTHORITIES));
    await t.step("init is refused: one list for each authority, nothing is changed", () => refusedWithOneList(t, k1));
    await t.step("generate-csr makes what kubeadm's makes", async () => {
      const [ours, theirs] = [await requestsOf(k1, "kubewright"), await requestsOf(k1, "kubeadm")];
      t.equal(ours.split("\n"), theirs.split("\n"), "files and requests of generate-csr");
      t.log(`${ours.split("\n").length} lines about files and requests are the same`);
      const flags = ["--cert-dir", "/root/csr-kubewright/pki", "--kubeconfig-dir", "/root/csr-kubewright"];
      const again = await k1.exec(["kubewright", "certs", "generate-csr", ...flags], { check: false });
      t.equal(again.code, 3, "the exit code over keys that are there");
    });
    await t.step("generate-csr", () => kubewright(k1, ["certs", "generate-csr", "--config", "/root/kubewright.yaml"]));
    await t.step("init is refused still", () => refusedWithOneList(t, k1));
    await t.step("openssl signs", () => k1.shell(SIGN));
    const given = await k1.snapshot(["/etc/kubernetes"]);
    const initialized = await t.step("init", () => init(k1));
    const kept = await k1.snapshot([...given.keys()].filter((path) => /\.(crt|key|conf)$/.test(path)));
    const differing = [...kept].filter(([path, entry]) => JSON.stringify(entry) !== JSON.stringify(given.get(path)));
    // The kubelet's kubeconfig names the file that the kubelet rotates, once it is there.
    t.equal(
      differing.map(([path]) => path).filter((path) => !path.endsWith("/kubelet.conf")),
      [],
      "files that changed",
    );
    t.equal(await k1.shell("find /etc/kubernetes -name '*ca.key'"), "", "the authorities' keys on the host");
    const manager = await k1.read("/etc/kubernetes/manifests/kube-controller-manager.yaml");
    t.includes(manager, /--cluster-signing-cert-file=['"]?\n/, "the controller manager's manifest");
    t.includes(manager, /--cluster-signing-key-file=['"]?\n/, "the controller manager's manifest");
    await t.step("all of kube-system runs", () => podsRunning(k1, "kube-system", 120_000));
    await t.step("init again changes nothing", async () => {
      const changes = (await init(k1)).events.filter(({ event, kind }) => event === "change" && kind !== "wait");
      t.equal(changes, [], "the list of changes of a second init");
    });
    const signer = k1.spawn(["sh", "-c", SIGNER]);
    await t.step("a worker joins, its certificate signed outside", () => join(k2, joinArguments(initialized)));
    await signer.kill();
    await k1.kubectl("wait", "--for=condition=Ready", "node", "k1", "k2", "--timeout=60s");
    await t.step("check-expiration says external, as kubeadm; renew passes over", async () => {
      const external = async (program: string) => {
        const { stdout } = await k1.exec([program, "certs", "check-expiration", "-o", "json"]);
        const info = JSON.parse(stdout) as Record<
          string,
          { name: string; externallyManaged: boolean; expirationDate: string }[]
        >;
        return [...info["certificates"]!, ...info["certificateAuthorities"]!].map((
          entry,
        ) => [entry.name, entry.externallyManaged, entry.expirationDate]);
      };
      const ours = await external("kubewright");
      t.equal(ours, await external("kubeadm"), "names, whether external, and dates");
      t.equal(ours.filter(([, is]) => is === true).length, 14, "the number of external ones");
      const { events } = await kubewright(k1, ["certs", "renew", "all"]);
      t.equal(events.filter(({ event }) => event === "change"), [], "the list of changes of renew");
    });
    await t.noPulls();
  },
};
