import { CONFIG, prepare } from "../kubewright.ts";
import { release } from "../versions.ts";
import type { Host } from "../host.ts";
import type { Run, Scenario } from "../scenario.ts";
import { changedConfiguration, refused, succeeds } from "../trouble.ts";

const COMMAND = ["init", "--config", CONFIG];
const SOCKET = "unix:///run/containerd/containerd.sock";
const TIMEOUTS = { controlPlaneComponentHealthCheck: "45s", kubeletHealthCheck: "45s" };
const argument = (name: string, value: string) => ({ extraArgs: [{ name, value }] });

/** A configuration with which something does not start, and what the error says about it. */
interface Cause {
  name: string;
  changes: Readonly<Record<string, Record<string, unknown>>>;
  says: readonly (string | RegExp)[];
  /** On a host of its own: one where the component runs already as it was may call it healthy before it is replaced. */
  fresh?: true;
}

const CAUSES: readonly Cause[] = [
  {
    name: "the kubelet refuses its configuration",
    changes: { KubeletConfiguration: { failCgroupV1: true } },
    says: [
      "kube-apiserver to be healthy",
      /kubelet: systemd reports "\w+", restarted \d+ times?/,
      /cgroup v1/i,
      "journalctl -u kubelet",
    ],
  },
  {
    name: "the API server has a flag that it does not know",
    changes: { ClusterConfiguration: { apiServer: argument("no-such-flag", "1") } },
    says: [
      "kube-apiserver to be healthy",
      /kube-apiserver: container exited, exit code 1/,
      "unknown flag: --no-such-flag",
      /tail -n 50 \/var\/log\/pods\/kube-system_kube-apiserver-k1/,
    ],
  },
  {
    name: "etcd has a flag that it does not know",
    changes: { ClusterConfiguration: { etcd: { local: argument("no-such-flag", "1") } } },
    says: ["kube-apiserver to be healthy", /etcd: container exited, exit code \d/, "-no-such-flag"],
  },
  {
    name: "the scheduler has a flag that it does not know",
    fresh: true,
    changes: { ClusterConfiguration: { scheduler: argument("no-such-flag", "1") } },
    says: ["kube-scheduler to be healthy", /kube-scheduler: container exited, exit code 1/, "unknown flag"],
  },
];

async function configure(host: Host, { changes = {}, timeouts = {}, registration = {} }: {
  changes?: Cause["changes"];
  timeouts?: Record<string, string>;
  registration?: Record<string, unknown>;
}): Promise<void> {
  const nodeRegistration = { criSocket: SOCKET, ignorePreflightErrors: ["SystemVerification"], ...registration };
  const text = changedConfiguration({ address: host.address }, {
    ...changes,
    InitConfiguration: { timeouts, nodeRegistration },
  });
  await host.write(CONFIG, text, 0o600);
}

/** An image is not there and cannot be had: first nobody may look for it, then nobody finds it. */
async function missingImage(t: Run, host: Host): Promise<void> {
  const image = `registry.k8s.io/kube-controller-manager:${release().kubernetes}`;
  await host.shell(`ctr -n k8s.io images tag ${image} kept.invalid/image:1; ctr -n k8s.io images rm ${image}`);
  await configure(host, {});
  await refused(t, host, "an image cannot be pulled", COMMAND, {
    code: 1,
    says: [`Cannot pull the image "${image}"`, "--image-repository", "ctr -n k8s.io images import"],
    goesOn: true,
    within: 150,
  });
  await configure(host, { timeouts: TIMEOUTS, registration: { imagePullPolicy: "Never" } });
  await refused(t, host, "an image is not there and may not be pulled", COMMAND, {
    code: 4,
    says: ["kube-controller-manager to be healthy", /kube-controller-manager: .*image/i, image],
    goesOn: true,
    within: 150,
  });
  await host.shell(
    `ctr -n k8s.io images tag kept.invalid/image:1 ${image}; ctr -n k8s.io images rm kept.invalid/image:1`,
  );
}

export const scenario: Scenario = {
  name: "trouble-start",
  summary: "kubelet, API server, etcd, scheduler or an image will not start: the error says why; mended, init succeeds",
  async run(t) {
    const k1 = await t.step("host boots", () => t.host("k1"));
    await prepare(k1);
    for (const [i, { name, changes, says, fresh }] of CAUSES.entries()) {
      if (i === 1) await missingImage(t, k1); // the first needs a host on which nothing runs yet
      const host = fresh ? await t.host(`fresh-${i}`) : k1;
      if (fresh) await prepare(host);
      await configure(host, { changes, timeouts: TIMEOUTS });
      await refused(t, host, name, COMMAND, {
        code: 4,
        says: [...says, "rerun the command"],
        goesOn: true,
        within: 150,
      });
      if (fresh) await configure(host, {});
      if (fresh) await succeeds(t, host, COMMAND);
    }
    const authority = await k1.read("/etc/kubernetes/pki/ca.crt");
    await configure(k1, {});
    await succeeds(t, k1, COMMAND);
    t.equal(await k1.read("/etc/kubernetes/pki/ca.crt"), authority, "the CA");
    await k1.kubectl("wait", "--for=condition=Ready", "node/k1", "--timeout=5s");
  },
};
