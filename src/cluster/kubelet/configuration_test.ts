import assert from "node:assert/strict";
import {
  goQuote,
  kubeletConfiguration,
  kubeletFlagsFile,
  nodeKubeletConfiguration,
  parseKubeletFlagsFile,
} from "./configuration.ts";
import { kubeletUnitFiles } from "./unit.ts";
import { sampleCluster, sampleNode } from "../../../tests/samples/config.ts";

Deno.test("the user's document stays; only certificate rotation is not negotiable", () => {
  const user = {
    authentication: { anonymous: { enabled: true } },
    clusterDNS: ["10.0.0.1", "10.0.0.2"],
    clusterDomain: "",
    rotateCertificates: false,
    maxPods: 200,
  };
  const result = kubeletConfiguration(sampleCluster(), user);
  assert.deepEqual(result.authentication, {
    anonymous: { enabled: true },
    webhook: { enabled: true },
    x509: { clientCAFile: "/etc/kubernetes/pki/ca.crt" },
  });
  assert.deepEqual(result.clusterDNS, ["10.0.0.1", "10.0.0.2"]);
  assert.equal(result.clusterDomain, "cluster.local");
  assert.equal(result.rotateCertificates, true);
  assert.equal(result.maxPods, 200);
});

Deno.test("a node adds its runtime, and the resolver behind systemd-resolved unless one is named", () => {
  const criSocket = "unix:///run/containerd/containerd.sock";
  const node = { criSocket, systemdResolved: true };
  assert.deepEqual(nodeKubeletConfiguration({ a: 1 }, node), {
    resolvConf: "/run/systemd/resolve/resolv.conf",
    a: 1,
    containerRuntimeEndpoint: criSocket,
  });
  assert.equal(nodeKubeletConfiguration({ resolvConf: "/etc/r" }, node).resolvConf, "/etc/r");
  assert.equal("resolvConf" in nodeKubeletConfiguration({}, { ...node, systemdResolved: false }), false);
});

Deno.test("the flags file: names that differ, taints for workers, the user's flags last", () => {
  const { registration } = sampleNode();
  const flags = (fields: object, host: object) =>
    kubeletFlagsFile({ ...registration, ...fields }, { hostname: "k1", registerTaints: false, ...host });
  assert.equal(flags({}, { hostname: " K1\n" }), 'KUBELET_KUBEADM_ARGS=""\n');
  assert.equal(
    flags({ name: "cp-one", kubeletExtraArgs: [{ name: "node-labels", value: "zone=a" }] }, {}),
    'KUBELET_KUBEADM_ARGS="--hostname-override=cp-one --node-labels=zone=a"\n',
  );
  assert.equal(
    flags({ taints: [{ key: "a", value: "b", effect: "NoExecute" }, { key: "c", effect: "NoSchedule" }] }, {
      registerTaints: true,
    }),
    'KUBELET_KUBEADM_ARGS="--register-with-taints=a=b:NoExecute,c:NoSchedule"\n',
  );
});

Deno.test("the flags file is read back", () => {
  const args = [{ name: "node-labels", value: "a=b" }, { name: "v", value: "4" }];
  const text = kubeletFlagsFile({ name: "k1", taints: [], kubeletExtraArgs: args }, {
    hostname: "k1",
    registerTaints: false,
  });
  assert.deepEqual(parseKubeletFlagsFile(text), args);
  assert.deepEqual(parseKubeletFlagsFile('KUBELET_KUBEADM_ARGS=""\n'), []);
});

Deno.test("Go's quoting", () => {
  const cases: [string, string][] = [
    ["", '""'],
    ['a "b" \\', '"a \\"b\\" \\\\"'],
    ["\n\t\x07\x01", '"\\n\\t\\a\\x01"'],
    ["é ☺ \u{1f600}", '"é ☺ \u{1f600}"'],
    ["\u00a0\ufeff", '"\\u00a0\\ufeff"'],
  ];
  for (const [text, expected] of cases) assert.equal(goQuote(text), expected);
});

Deno.test("the unit waits for a configuration; the drop-in has the four variables in kubeadm's order", () => {
  const [unit, dropIn] = kubeletUnitFiles("/usr/bin/kubelet");
  assert.equal(unit?.path, "/etc/systemd/system/kubelet.service");
  assert.match(unit!.content, /^ConditionPathExists=\/var\/lib\/kubelet\/config\.yaml$/m);
  assert.match(unit!.content, /\n\n\[Install\]\nWantedBy=multi-user\.target\n$/);
  assert.equal(dropIn?.path, "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf");
  assert.match(
    dropIn!.content,
    /^ExecStart=\nExecStart=\/usr\/bin\/kubelet \$KUBELET_KUBECONFIG_ARGS \$KUBELET_CONFIG_ARGS \$KUBELET_KUBEADM_ARGS \$KUBELET_EXTRA_ARGS$/m,
  );
});

Deno.test("a path that systemd would misread is quoted", () => {
  assert.match(
    kubeletUnitFiles("/opt/my tools/100%/kubelet")[0]!.content,
    /^ExecStart="\/opt\/my tools\/100%%\/kubelet"$/m,
  );
});
