import assert from "node:assert/strict";
import { memoryHost } from "../../tests/fakes/memory_host.ts";
import { readEtcdCredentials, readLocalEtcd } from "./local_etcd.ts";

const MANIFEST = `apiVersion: v1
kind: Pod
metadata:
  creationTimestamp: null
  name: etcd
spec:
  containers:
  - command:
    - etcd
    - --initial-advertise-peer-urls=https://10.0.0.1:2380
    - --listen-client-urls=https://127.0.0.1:2379,https://10.0.0.1:2379
    - --trusted-ca-file=/srv/pki/etcd/ca.crt
    - --data-dir=/srv/etcd
    name: etcd
  volumes:
  - hostPath:
      path: /srv/etcd
      type: DirectoryOrCreate
    name: etcd-data
`;

Deno.test("readLocalEtcd() reads the manifest, ours or kubeadm's", async () => {
  const files = { "/etc/kubernetes/manifests/etcd.yaml": MANIFEST, "/srv/pki/etcd/ca.crt": "CA" };
  const host = memoryHost({ files }, () => {});
  const local = await readLocalEtcd(host);
  assert.deepEqual(local, {
    name: "",
    dataDir: "/srv/etcd",
    peerUrl: "https://10.0.0.1:2380",
    clientUrl: "https://127.0.0.1:2379",
    pki: "/srv/pki/etcd",
  });
  await assert.rejects(readEtcdCredentials(host, local!), /"\/srv\/pki\/etcd\/healthcheck-client.crt" not found/);
  assert.equal(await readLocalEtcd(memoryHost({}, () => {})), undefined);
});
