import assert from "node:assert/strict";
import { memoryHost } from "../../tests/fakes/memory_host.ts";
import { readKubeletSettings } from "./kubelet/settings.ts";
import { readLocalEtcd } from "./local_etcd.ts";
import { apiServerUrl, flagsIn, parseStaticPod, servingUrl } from "./static_pod_manifest.ts";

Deno.test("flagsIn() reads what Go's flag packages read; the last of several counts", () => {
  const words = ["etcd", "--name=a", "--data-dir", "/srv/etcd", "-listen-client-urls=https://a,https://b", "-x", "--y"];
  const flags = flagsIn([...words, "--name=b", "--empty="]);
  assert.deepEqual([...flags], [
    ["name", "b"],
    ["data-dir", "/srv/etcd"],
    ["listen-client-urls", "https://a,https://b"],
    ["x", ""],
    ["y", ""],
    ["empty", ""],
  ]);
});

/** The part of etcd's manifest below `spec`, and what is read. */
const ETCD: readonly [string, Record<string, unknown>, Record<string, string>][] = [
  ["nothing said", { containers: [{ name: "etcd", command: ["etcd"] }] }, {
    name: "",
    dataDir: "/var/lib/etcd",
    peerUrl: "",
    clientUrl: "https://127.0.0.1:2379",
    pki: "/etc/kubernetes/pki/etcd",
  }],
  ["words apart", {
    containers: [{
      name: "etcd",
      command: ["etcd", "--name", "k1", "--data-dir", "/data/"],
      args: ["--trusted-ca-file", "/pki/etcd/ca.crt"],
    }],
  }, { name: "k1", dataDir: "/data/", pki: "/pki/etcd" }],
  ["volumes elsewhere", {
    containers: [{
      name: "etcd",
      command: ["etcd", "--data-dir=/var/lib/etcd/inner", "--trusted-ca-file=/pki/ca.crt"],
      volumeMounts: [{ name: "etcd-data", mountPath: "/var/lib/etcd" }, { name: "certs", mountPath: "/pki" }],
    }],
    volumes: [{ name: "etcd-data", hostPath: { path: "/srv/etcd/" } }, {
      name: "certs",
      hostPath: { path: "/srv/pki" },
    }],
  }, { dataDir: "/srv/etcd/inner", pki: "/srv/pki" }],
  ["a container beside it", {
    containers: [{ name: "proxy", command: ["proxy", "--data-dir=/no"] }, {
      name: "etcd",
      command: ["etcd", "--data-dir=/yes"],
    }],
  }, { dataDir: "/yes" }],
  ["environment", {
    containers: [{
      name: "etcd",
      command: ["etcd", "--name=a"],
      env: [{ name: "ETCD_DATA_DIR", value: "/env" }, { name: "ETCD_NAME", value: "b" }],
    }],
  }, { name: "a", dataDir: "/env" }],
  [
    "a shell",
    { containers: [{ name: "etcd", command: ["/bin/sh", "-c", "exec etcd --name=k9\n --data-dir=/shell"] }] },
    {
      name: "k9",
      dataDir: "/shell",
    },
  ],
  [
    "all addresses",
    { containers: [{ name: "etcd", command: ["etcd", "--listen-client-urls=https://0.0.0.0:4001"] }] },
    {
      clientUrl: "https://127.0.0.1:4001",
    },
  ],
  ["loopback is not the first", {
    containers: [{
      name: "etcd",
      command: ["etcd", "--listen-client-urls=https://192.0.2.1:2379, https://[::1]:2379/"],
    }],
  }, { clientUrl: "https://[::1]:2379" }],
  [
    "no loopback",
    { containers: [{ name: "etcd", command: ["etcd", "--listen-client-urls=https://192.0.2.1:2379"] }] },
    {
      clientUrl: "https://192.0.2.1:2379",
    },
  ],
  ["peers", {
    containers: [{
      name: "etcd",
      command: ["etcd", "--initial-advertise-peer-urls=https://192.0.2.1:2380/,https://b:2380"],
    }],
  }, { peerUrl: "https://192.0.2.1:2380" }],
];

for (const [name, spec, expected] of ETCD) {
  Deno.test(`etcd's manifest: ${name}`, async () => {
    const text = JSON.stringify({ apiVersion: "v1", kind: "Pod", spec });
    const host = memoryHost({ files: { "/etc/kubernetes/manifests/etcd.yaml": text } }, () => {});
    const found = await readLocalEtcd(host) as unknown as Record<string, string>;
    for (const [key, value] of Object.entries(expected)) assert.equal(found[key], value, key);
  });
}

Deno.test("manifests that are none say why; URLs of components", async () => {
  for (const text of ["", "a: [", "kind: Pod\n", "spec: {containers: []}\n", "- 1\n"]) {
    const manifest = parseStaticPod("etcd", "/m.yaml", text);
    assert.ok(manifest.trouble?.includes("/m.yaml"), text);
    const host = memoryHost({ files: { "/etc/kubernetes/manifests/etcd.yaml": text } }, () => {});
    await assert.rejects(readLocalEtcd(host), /etcd.yaml/);
  }
  const flags = (...words: string[]) => ({ flags: flagsIn(words) });
  assert.equal(servingUrl(flags("--bind-address=::", "--secure-port=1"), 2), "https://[::1]:1");
  assert.equal(servingUrl(flags("--bind-address", "0.0.0.0"), 2), "https://127.0.0.1:2");
  assert.equal(servingUrl(flags("--bind-address=192.0.2.1"), 2), "https://192.0.2.1:2");
  assert.equal(
    apiServerUrl(flags("--advertise-address=2001:db8::1", "--secure-port", "443")),
    "https://[2001:db8::1]:443",
  );
  assert.equal(apiServerUrl(flags()), "https://127.0.0.1:6443");
});

const [CONFIG, INSTANCE, FLAGS] = ["config.yaml", "instance-config.yaml", "kubeadm-flags.env"].map((name) =>
  `/var/lib/kubelet/${name}`
) as [string, string, string];

/** Files, and the socket of the kubelet's runtime. */
const SOCKETS: readonly [string, Record<string, string>, string | undefined][] = [
  ["nothing", {}, undefined],
  ["the configuration", { [CONFIG]: "containerRuntimeEndpoint: unix:///a\n" }, "unix:///a"],
  ["an empty one", { [CONFIG]: 'containerRuntimeEndpoint: ""\n' }, undefined],
  ["this node's configuration", {
    [CONFIG]: "containerRuntimeEndpoint: unix:///a\n",
    [INSTANCE]: "containerRuntimeEndpoint: unix:///b\n",
  }, "unix:///b"],
  ["a flag of kubeadm", {
    [INSTANCE]: "containerRuntimeEndpoint: unix:///b\n",
    [FLAGS]: 'KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=unix:///c --x=y"\n',
  }, "unix:///c"],
  ["a flag of the administrator", {
    [FLAGS]: 'KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=unix:///c"\n',
    "/etc/default/kubelet": 'KUBELET_EXTRA_ARGS="--v=2 --container-runtime-endpoint=/run/crio/crio.sock"\n',
  }, "unix:///run/crio/crio.sock"],
  ["a file of --config-dir", {
    [CONFIG]: "containerRuntimeEndpoint: unix:///a\n",
    "/etc/default/kubelet": "KUBELET_EXTRA_ARGS=--config-dir=/etc/kubelet.d\n",
    "/etc/kubelet.d/a.conf": "kind: KubeletConfiguration\ncontainerRuntimeEndpoint: unix:///d\n",
  }, "unix:///d"],
  ["a --config-dir of the unit", {
    [CONFIG]: "containerRuntimeEndpoint: unix:///a\n",
    "/usr/lib/systemd/system/kubelet.service": "[Service]\nExecStart=/usr/bin/kubelet --config-dir=/etc/kubelet.d\n",
    "/etc/kubelet.d/a.conf": "kind: KubeletConfiguration\ncontainerRuntimeEndpoint: unix:///d\n",
  }, "unix:///d"],
  ["a --config-dir that is not there", {
    [CONFIG]: "containerRuntimeEndpoint: unix:///a\n",
    "/etc/default/kubelet": "KUBELET_EXTRA_ARGS=--config-dir=/etc/kubelet.d\n",
  }, "unix:///a"],
];

for (const [name, files, expected] of SOCKETS) {
  Deno.test(`the runtime of the kubelet: ${name}`, async () => {
    const settings = await readKubeletSettings(memoryHost({ files }, () => {}));
    assert.equal(settings.runtimeEndpoint, expected);
  });
}
