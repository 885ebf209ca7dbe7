import assert from "node:assert/strict";
import { fake } from "../../../tests/fakes/fake.ts";
import { memoryHost } from "../../../tests/fakes/memory_host.ts";
import type { NodeRegistration } from "../../config/types.ts";
import { KUBELET_FILES } from "../../cluster/paths.ts";
import { expectationsCheck, FLAGS_CHECK } from "./kubelet_flags.ts";
import { STATE_CHECK } from "./kubelet_state.ts";
import { controlPlaneManifests, workerManifests } from "./manifests.ts";
import { NODE_CHECKS, type NodeContext } from "./node.ts";

const FOLDER = "/etc/kubernetes/manifests";
const pod = (name: string) => `kind: Pod\nmetadata: {name: ${name}}\n`;
const in_ = (files: Record<string, string>) =>
  memoryHost(
    { files: Object.fromEntries(Object.entries(files).map(([name, text]) => [`${FOLDER}/${name}`, text])) },
    () => {},
  );
const NONE = new Set<string>();

Deno.test("init: what is in the folder of static pods: copies are errors, others are named, hidden files are passed over", async () => {
  assert.deepEqual(await controlPlaneManifests(in_({}), NONE), {});
  assert.deepEqual(await controlPlaneManifests(in_({ ".kube-apiserver.yaml.swp": pod("kube-apiserver") }), NONE), {});
  assert.deepEqual(await controlPlaneManifests(in_({ "backup/kube-apiserver.yaml": pod("kube-apiserver") }), NONE), {});
  const copy = await controlPlaneManifests(
    in_({ "etcd.yaml.bak": pod("etcd"), "kube-vip.yaml": pod("kube-vip"), notes: "x" }),
    NONE,
  );
  assert.match(copy.errors!.join(), /etcd\.yaml\.bak is a second manifest of the static pod "etcd"/);
  assert.equal(copy.hint, "Move the files away: mv -i /etc/kubernetes/manifests/etcd.yaml.bak /root/");
  assert.match(copy.warnings!.join("\n"), /kube-vip\.yaml.*also runs its pod "kube-vip"\n.*notes.*not a pod/);
  const named = await controlPlaneManifests(in_({ "etcd $(touch PWNED).yaml": pod("etcd") }), NONE);
  assert.equal(
    named.hint,
    "Move the files away: mv -i '/etc/kubernetes/manifests/etcd $(touch PWNED).yaml' /root/",
  );
  const own = new Set([`${FOLDER}/etcd.yaml`]);
  assert.deepEqual(await controlPlaneManifests(in_({ "etcd.yaml": pod("etcd") }), own), {});
});

Deno.test("join: a control plane's static pods are errors, also under another name", async () => {
  const found = await workerManifests(in_({ "api.yml": pod("kube-apiserver"), "x.yaml": pod("x") }), NONE);
  assert.match(found.errors!.join(), /api\.yml/);
  assert.match(found.warnings!.join(), /x\.yaml/);
});

const CONTEXT = {
  facts: { kubeletPath: "/usr/bin/kubelet", kubeletVersion: "v1.37.2", hostname: "a", addresses: [], criSockets: [] },
  nodeRegistration: fake<NodeRegistration>("registration", { kubeletExtraArgs: [{ name: "v", value: "4" }] }),
  ownPaths: NONE,
};

Deno.test("KubeletFlags: each source is asked about, and named", async () => {
  const asked: string[] = [];
  const host = {
    ...memoryHost({ files: { "/etc/default/kubelet": 'KUBELET_EXTRA_ARGS="--a=1 --b"\n' } }, () => {}),
    query: ({ argv }: { argv: readonly string[] }) => {
      asked.push(argv.join(" "));
      const known = argv.includes("--v=4");
      return Promise.resolve({ code: known ? 0 : 1, stdout: "", stderr: known ? "" : "Error: unknown flag: --a\n" });
    },
  };
  const found = await FLAGS_CHECK.look(fake<NodeContext>("context", { ...CONTEXT, host }));
  assert.deepEqual(asked, ["/usr/bin/kubelet --v=4 --version", "/usr/bin/kubelet --a=1 --b --version"]);
  assert.match(found.errors!.join(), /KUBELET_EXTRA_ARGS in \/etc\/default\/kubelet: unknown flag: --a$/);
});

/** Policy of the configuration, policy by flag, the state file, whether it fits. */
const STATES: readonly [string | undefined, string | undefined, string | undefined, boolean][] = [
  [undefined, undefined, undefined, true],
  [undefined, undefined, '{"policyName":"none"}', true],
  ["static", undefined, '{"policyName":"none"}', false],
  ["static", undefined, '{"policyName":"static"}', true],
  [undefined, "static", '{"policyName":"static"}', true],
  [undefined, undefined, '{"policyName":"none","data":"{\\"policyName\\":\\"static\\"}"}', false],
  ["static", undefined, '{"data":"{\\"policyName\\":\\"static\\"}"}', true],
  [undefined, undefined, "", false],
  [undefined, undefined, "null", false],
];

for (const [policy, flag, state, fits] of STATES) {
  Deno.test(`KubeletState: policy ${policy}, by flag ${flag}, state ${state}`, async () => {
    const path = "/var/lib/kubelet/cpu_manager_state";
    const host = memoryHost({ files: state === undefined ? {} : { [path]: state } }, () => {});
    const context = {
      ...CONTEXT,
      host,
      kubelet: policy === undefined ? {} : { cpuManagerPolicy: policy },
      nodeRegistration: { kubeletExtraArgs: flag === undefined ? [] : [{ name: "cpu-manager-policy", value: flag }] },
    };
    const found = await STATE_CHECK.look(context);
    assert.equal(found.errors === undefined, fits);
    if (!fits) assert.equal(found.hint, `Remove the state of the earlier kubelet: rm ${path}`);
    const own = new Set([KUBELET_FILES.configuration]);
    assert.deepEqual(await STATE_CHECK.look({ ...context, ownPaths: own }), {});
  });
}

Deno.test("Hostname: names up to 63 characters are taken, longer ones are not", async () => {
  const check = NODE_CHECKS.find(({ name }) => name === "Hostname")!;
  const look = (name: string) =>
    check.look(
      fake<NodeContext>("context", {
        host: memoryHost({ names: [name] }, () => {}),
        nodeRegistration: fake<NodeRegistration>("registration", { name }),
      }),
    );
  assert.deepEqual(await look(`${"n".repeat(50)}.example.org`), {});
  assert.deepEqual(await look("n".repeat(63)), {});
  const long = await look("n".repeat(64));
  assert.match(long.errors![0]!, /64 characters/);
  assert.equal(long.essential, true);
});

const DROP_IN = (fields: string) =>
  `apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n${fields}\n`;
const GIVEN = { "/etc/default/kubelet": "KUBELET_EXTRA_ARGS=--config-dir=/etc/kubelet.d\n" };
const WITH_UNIT = {
  "/etc/systemd/system/kubelet.service": "[Service]\nExecStart=/usr/bin/kubelet --config-dir /etc/kubelet.d\n",
};

/** Files of the host, and what is said of them on a control plane node; undefined: nothing. */
const DROP_INS: readonly [Record<string, string>, RegExp | undefined][] = [
  [{ ...GIVEN, "/etc/kubelet.d/10-a.conf": DROP_IN("maxPods: 20") }, undefined],
  [
    { ...GIVEN, "/etc/kubelet.d/10-a.conf": DROP_IN("staticPodPath: /srv") },
    /staticPodPath is "\/srv" in "\/etc\/.*10-a/,
  ],
  [{ ...WITH_UNIT, "/etc/kubelet.d/10-a.conf": DROP_IN("staticPodPath: /srv") }, /does not start the control plane/],
  [{ ...GIVEN, "/etc/kubelet.d/a/b.conf": DROP_IN("staticPodPath:") }, /staticPodPath is ""/],
  [{ ...GIVEN, "/etc/kubelet.d/10-a.conf": DROP_IN("rotateCertificates: false") }, /does not store its certificate/],
  [{ ...GIVEN, "/etc/kubelet.d/10-a.conf": DROP_IN("registerNode: false") }, /does not register the node/],
  [
    { ...GIVEN, "/etc/kubelet.d/10-a.conf": DROP_IN("containerRuntimeEndpoint: unix:///x") },
    /another container runtime/,
  ],
  [{ ...GIVEN, "/etc/kubelet.d/10-a.conf": DROP_IN("containerRuntimeEndpoint: /run/a.sock") }, undefined],
  [
    {
      ...GIVEN,
      "/etc/kubelet.d/10-a.conf": DROP_IN("staticPodPath: /srv"),
      "/etc/kubelet.d/20-b.conf": DROP_IN("staticPodPath: /etc/kubernetes/manifests/"),
    },
    undefined,
  ],
  [{ ...GIVEN, "/etc/kubelet.d/a.yaml": DROP_IN("staticPodPath: /srv") }, undefined],
  [{ "/etc/kubelet.d/10-a.conf": DROP_IN("staticPodPath: /srv") }, undefined],
  [
    GIVEN,
    /--config-dir=\/etc\/kubelet.d in KUBELET_EXTRA_ARGS in .*"\/etc\/kubelet.d" does not exist; the kubelet does not start/,
  ],
  [{ ...GIVEN, "/etc/kubelet.d/10-a.conf": "a: [" }, /10-a\.conf.*; the kubelet does not start/],
  [{ ...GIVEN, "/etc/kubelet.d/10-a.conf": "kind: Pod\n" }, /is not a KubeletConfiguration/],
];

for (const [files, says] of DROP_INS) {
  Deno.test(`KubeletFlags: files of --config-dir: ${JSON.stringify(files)}`, async () => {
    const nodeRegistration = fake<NodeRegistration>("registration", {
      name: "a",
      criSocket: "unix:///run/a.sock",
      kubeletExtraArgs: [],
    });
    const context = { host: memoryHost({ files }, () => {}), nodeRegistration };
    const found = await expectationsCheck(true).look(context);
    assert.equal(found.errors?.length, says && 1, found.errors?.join());
    if (says) assert.match(found.errors!.join(), says);
    const staticPods = /staticPodPath/.test(JSON.stringify(files)) && !/a: \[/.test(JSON.stringify(files));
    if (staticPods) assert.deepEqual(await expectationsCheck(false).look(context), {}, "a worker has none");
  });
}
