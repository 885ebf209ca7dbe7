import { IGNORED_PREFLIGHT_ERRORS } from "../config.ts";
import {
  changesOf,
  differingObjects,
  differingPaths,
  init,
  joinArguments,
  kubewright,
  objectsOf,
  prepare,
  WATCHED,
} from "../kubewright.ts";
import { DIRECTORY, WRITE_PATCHES } from "../patched.ts";
import { podsRunning } from "../pods.ts";
import type { Scenario } from "../scenario.ts";
import { minor } from "../versions.ts";

/** What must be seen of an object: kind, name and jsonpath, and the text. */
const PATCHED: readonly (readonly [object: string, path: string, expected: string])[] = [
  ["pod/etcd-k1", "{.metadata.labels.example\\.test/patched}", "two"],
  ["pod/etcd-k1", "{.spec.containers[0].resources.requests.memory}", "120Mi"],
  ["pod/etcd-k1", "{.spec.containers[0].env[0].value}", "warn"],
  ["pod/etcd-k1", "{.spec.volumes[?(@.name=='scratch')].name}", "scratch"],
  ["pod/kube-apiserver-k1", "{.metadata.annotations.example\\.test/patched}", "yes"],
  ["pod/kube-apiserver-k1", "{.spec.containers[0].livenessProbe.failureThreshold}", "9"],
  ["pod/kube-controller-manager-k1", "{.spec.terminationGracePeriodSeconds}", "15"],
  ["pod/kube-scheduler-k1", "{.spec.containers[0].ports[*].containerPort}", "10269"],
  ["pod/kube-scheduler-k1", "{.spec.containers[0].resources.limits.memory}", "256Mi"],
  ["pod/kube-scheduler-k1", "{.metadata.labels.example\\.test/below}", "yes"],
  ["node/k1", "{.status.capacity.pods}", "77"],
  ["deployment/coredns", "{.spec.replicas} {.spec.template.metadata.labels.example\\.test/patched}", "1 yes"],
  ["deployment/coredns", "{.spec.template.spec.tolerations}", '[{"operator":"Exists"}]'],
  ["deployment/coredns", "{.spec.template.spec.containers[0].ports[*].containerPort}", "53 53 8080 8181"],
  ["deployment/coredns", "{.spec.template.spec.containers[0].resources.limits.memory}", "200Mi"],
];

export const scenario: Scenario = {
  name: "patches",
  summary:
    "patches of all types on all targets: bad ones are refused, the cluster is healthy, init again changes nothing",
  async run(t) {
    const [k1, k2] = await t.step("two hosts boot", () => Promise.all([t.host("k1"), t.host("k2")]));
    await prepare(k2);
    await prepare(k1, { init: { patches: { directory: DIRECTORY } } });
    const untouched = await k1.snapshot(WATCHED.filter((path) => path !== "/root"));
    const missing = await kubewright(k1, ["init", "--config", "/root/kubewright.yaml"], { check: false });
    t.equal(missing.code, 3, "the exit code without the directory");
    await k1.shell(WRITE_PATCHES);
    await k1.write(`${DIRECTORY}/etcd+json.json`, '[{"op":"remove","path":"/spec/nothing"}]');
    await k1.write(`${DIRECTORY}/kubeletconfiguration9.yaml`, "maxPods: many\n");
    const bad = await kubewright(k1, ["init", "--config", "/root/kubewright.yaml"], { check: false });
    t.equal(bad.code, 3, "the exit code with two bad patches");
    for (const file of ["etcd+json.json", "kubeletconfiguration9.yaml"]) {
      t.includes(bad.stdout, file, "the refusal");
    }
    t.equal(
      differingPaths(untouched, await k1.snapshot(WATCHED.filter((path) => path !== "/root"))),
      [],
      "the list of paths that a refused init changed",
    );
    await k1.shell(`cd ${DIRECTORY}; rm etcd+json.json kubeletconfiguration9.yaml`);
    const real = await t.step("init", () => init(k1));
    t.log(`init took ${real.seconds.toFixed(1)} s`);
    const warned = real.events.filter(({ event }) => event === "warning").map(({ message }) => String(message));
    for (const file of ["README.md", "kubelet.yaml"]) t.includes(warned.join("\n"), `/${file}`, "the warnings");
    await t.step("all of kube-system runs", () => podsRunning(k1, "kube-system", 120_000));
    const wanted = [
      ...PATCHED,
      ...(minor() !== "1.36"
        ? [["daemonset/kube-proxy", "{.spec.template.metadata.annotations.example\\.test/patched}", "yes"] as const]
        : []),
    ];
    for (const [object, path, expected] of wanted) {
      const found = await k1.kubectl("get", "-n", "kube-system", object, "-o", `jsonpath=${path}`);
      t.equal(found.trim(), expected, `${path} of ${object}`);
    }
    t.includes(await k1.read("/var/lib/kubelet/config.yaml"), "syncFrequency: 45s", "the kubelet's configuration");
    const uploaded = await k1.kubectl("get", "-n", "kube-system", "configmap/kubelet-config", "-o", "yaml");
    t.equal(/maxPods|45s/.test(uploaded), false, "whether the cluster's own KubeletConfiguration is patched");
    t.log(`${wanted.length + 2} patched fields are as they should be`);
    const [files, objects] = [await k1.snapshot(WATCHED), await objectsOf(k1)];
    const again = await t.step("init again", () => init(k1));
    const changes = changesOf(again).filter((change) => !change.includes('"kind":"wait"'));
    t.equal(changes, [], "the list of changes of a second init");
    t.equal(differingPaths(files, await k1.snapshot(WATCHED)), [], "the list of paths that a second init changed");
    t.equal(differingObjects(objects, await objectsOf(k1)), [], "the list of objects that a second init changed");
    await k2.shell(WRITE_PATCHES);
    const ignore = `--ignore-preflight-errors=${IGNORED_PREFLIGHT_ERRORS.join(",")}`;
    await t.step("join", () => kubewright(k2, [...joinArguments(real), "--patches", DIRECTORY, ignore]));
    t.includes(
      await k2.read("/var/lib/kubelet/config.yaml"),
      "syncFrequency: 45s",
      "the other kubelet's configuration",
    );
    const pods = await k1.kubectl("get", "node/k2", "-o", "jsonpath={.status.capacity.pods}");
    t.equal(pods, "77", "the number of pods that k2 takes");
    await t.noPulls();
  },
};
