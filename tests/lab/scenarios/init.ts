import {
  changesOf,
  differingObjects,
  differingPaths,
  init,
  objectsOf,
  onlyIn,
  prepare,
  TOKEN,
  WATCHED,
} from "../kubewright.ts";
import type { Host } from "../host.ts";
import { podsRunning } from "../pods.ts";
import type { Run, Scenario } from "../scenario.ts";

/** Each certificate below the pki folder and the CA that it must verify against. */
const CHAINS: Readonly<Record<string, string>> = {
  "ca.crt": "ca.crt",
  "apiserver.crt": "ca.crt",
  "apiserver-kubelet-client.crt": "ca.crt",
  "front-proxy-ca.crt": "front-proxy-ca.crt",
  "front-proxy-client.crt": "front-proxy-ca.crt",
  "etcd/ca.crt": "etcd/ca.crt",
  "etcd/server.crt": "etcd/ca.crt",
  "etcd/peer.crt": "etcd/ca.crt",
  "etcd/healthcheck-client.crt": "etcd/ca.crt",
  "apiserver-etcd-client.crt": "etcd/ca.crt",
};

async function certificatesHold(t: Run, k1: Host): Promise<void> {
  const pki = "/etc/kubernetes/pki";
  for (const [certificate, authority] of Object.entries(CHAINS)) {
    await k1.exec(["openssl", "verify", "-x509_strict", "-CAfile", `${pki}/${authority}`, `${pki}/${certificate}`]);
  }
  const found = await k1.shell(`cd ${pki}; find . -name '*.crt' | sed 's,^./,,' | sort`);
  t.equal(found.split("\n"), Object.keys(CHAINS).sort(), "the list of certificates");
  for (const name of ["admin", "super-admin", "controller-manager", "scheduler"]) {
    await k1.shell(
      `sed -n 's/.*client-certificate-data: //p' /etc/kubernetes/${name}.conf | base64 -d >/tmp/client.crt; ` +
        `openssl verify -x509_strict -CAfile ${pki}/ca.crt /tmp/client.crt`,
    );
  }
}

/** No file that holds a key or a token may be readable by others; no secret may be in the journal. */
async function secretsAreKept(t: Run, k1: Host): Promise<void> {
  const open = await k1.shell(
    "grep -rlE 'PRIVATE KEY|client-key-data' --exclude-dir=bin /etc/kubernetes /var/lib/kubelet/pki " +
      "/var/lib/kubewright 2>/dev/null | " + // in bin, the self-extracting program has the words, and no key
      "xargs -r stat -c '%a %U %n' | grep -v '^600 root' || true",
  );
  t.equal(open, "", "the list of secrets that are not 0600 root");
  const journal = await k1.shell("journalctl --no-pager -o cat | grep -cE 'PRIVATE KEY|0123456789abcdef' || true");
  t.equal(journal.trim(), "0", "the number of journal lines with a secret");
}

export const scenario: Scenario = {
  name: "init",
  summary: "dry run, init, what it made, init again: nothing changes",
  async run(t) {
    const k1 = await t.step("host boots", () => t.host("k1"));
    await prepare(k1, { token: TOKEN });
    const untouched = await k1.snapshot(WATCHED);
    const dry = await t.step("dry run", () => init(k1, "--dry-run"));
    t.equal(differingPaths(untouched, await k1.snapshot(WATCHED)), [], "the list of paths that a dry run changed");
    const real = await t.step("init", () => init(k1));
    t.log(`init took ${real.seconds.toFixed(1)} s`);
    for (const { message } of real.events.filter(({ event }) => event === "note")) t.log(`  ${message}`);
    t.equal(onlyIn(changesOf(real), changesOf(dry)), [], "the list of changes that the dry run did not tell of");
    t.equal(onlyIn(changesOf(dry), changesOf(real)), [], "the list of changes that only the dry run told of");
    t.log(`${changesOf(real).length} changes, as the dry run said`);
    await t.step("node Ready", () => k1.kubectl("wait", "--for=condition=Ready", "node/k1", "--timeout=5s"));
    t.includes(
      await k1.kubectl("get", "node", "k1", "-o", "jsonpath={.spec.taints}"),
      '"key":"node-role.kubernetes.io/control-plane"',
      "the node's taints",
    );
    await t.step("all of kube-system runs", () => podsRunning(k1, "kube-system", 120_000));
    await t.step("all of kube-flannel runs", () => podsRunning(k1, "kube-flannel", 60_000));
    await t.step("certificates verify", () => certificatesHold(t, k1));
    await t.step("secrets are kept", () => secretsAreKept(t, k1));
    const [files, objects] = [await k1.snapshot(WATCHED), await objectsOf(k1)];
    const again = await t.step("init again", () => init(k1));
    t.equal(
      changesOf(again).filter((change) => !change.includes('"kind":"wait"')),
      [],
      "the list of changes of a second init",
    );
    t.equal(differingPaths(files, await k1.snapshot(WATCHED)), [], "the list of paths that a second init changed");
    t.equal(differingObjects(objects, await objectsOf(k1)), [], "the list of objects that a second init changed");
    t.log(`${files.size} paths and ${objects.size} objects are as before`);
    await t.noPulls();
  },
};
