import { CONFIG, prepare } from "../kubewright.ts";
import type { Scenario } from "../scenario.ts";
import { changedConfiguration, during, refused, succeeds } from "../trouble.ts";

const COMMAND = ["init", "--config", CONFIG];
const DISKS = {
  "/etc/kubernetes": "1M",
  "/var/lib/kubewright": "1M",
  "/var/lib/kubelet": "64M",
  "/var/lib/etcd": "400M",
};

/** Each file system that fills up, how much is left on it, and what the error says. */
const CAUSES: readonly { path: keyof typeof DISKS; left: number; code: number; says: readonly (string | RegExp)[] }[] =
  [
    { path: "/var/lib/kubewright", left: 0, code: 1, says: ["/var/lib/kubewright/receipt.jsonl"] },
    { path: "/etc/kubernetes", left: 0, code: 1, says: ["/etc/kubernetes/pki/ca.key"] },
    { path: "/var/lib/kubelet", left: 0, code: 1, says: ["/var/lib/kubelet/"] },
    { path: "/etc/kubernetes", left: 16_384, code: 1, says: ["/etc/kubernetes/"] },
    { path: "/etc/kubernetes", left: 49_152, code: 1, says: ["/etc/kubernetes/"] },
    { path: "/var/lib/etcd", left: 0, code: 4, says: ["etcd", "no space left on device", "tail -n 50"] },
  ];

export const scenario: Scenario = {
  name: "trouble-disk",
  summary: "each file system in turn is full: the error names it, nothing is half-written; then the same init succeeds",
  async run(t) {
    const k1 = await t.step("host boots", () => t.host("k1", { disks: DISKS }));
    await prepare(k1);
    const text = changedConfiguration({ address: k1.address }, {
      InitConfiguration: { timeouts: { controlPlaneComponentHealthCheck: "60s" } },
    });
    await k1.write(CONFIG, text, 0o600);
    for (const { path, left, code, says } of CAUSES) {
      await during(
        () => k1.fill(path, left),
        () =>
          refused(t, k1, `${path} has ${left} bytes left`, COMMAND, {
            code,
            says: [
              ...says,
              /rerun the command|run the same command again/,
              ...code === 1 ? [`the file system at ${path} is full`] : [],
            ],
            goesOn: true,
            within: 150,
          }),
        () => k1.unfill(path),
      );
      // What is there is whole: an empty or torn key, certificate or kubeconfig would not be read.
      const torn = await k1.shell("find /etc/kubernetes /var/lib/kubewright -type f -size 0");
      t.equal(torn, "", `the list of empty files after ${path} was full`);
    }
    const authority = await k1.read("/etc/kubernetes/pki/ca.crt");
    await succeeds(t, k1, COMMAND);
    t.equal(await k1.read("/etc/kubernetes/pki/ca.crt"), authority, "the CA");
    await k1.kubectl("wait", "--for=condition=Ready", "node/k1", "--timeout=5s");
    await t.noPulls();
  },
};
