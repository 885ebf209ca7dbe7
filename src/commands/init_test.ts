import assert from "node:assert/strict";
import { CERTIFICATES } from "../cluster/pki/certificates.ts";
import { KUBECONFIGS } from "../cluster/pki/kubeconfigs.ts";
import { phases } from "./init.ts";

const ORDER = phases().map(({ path }) => path);

Deno.test("init has every certificate, kubeconfig and static pod among its phases", () => {
  const wanted = [
    ...CERTIFICATES.map(({ name }) => `certs/${name}`),
    "certs/sa",
    ...KUBECONFIGS.map(({ name }) => `kubeconfig/${name}`),
    ...["etcd/local", "control-plane/apiserver", "control-plane/controller-manager", "control-plane/scheduler"],
  ];
  assert.deepEqual(wanted.filter((path) => !ORDER.includes(path)), []);
});

/** What each static pod's container reads at its start. */
const READ_AT_START: Readonly<Record<string, readonly string[]>> = {
  "kubelet-start": ["certs/ca", "kubeconfig/kubelet", "kubelet-unit"],
  "etcd/local": ["certs/etcd-ca", "certs/etcd-server", "certs/etcd-peer"],
  "control-plane/apiserver": [
    ...["ca", "apiserver", "apiserver-kubelet-client", "apiserver-etcd-client", "etcd-ca"].map((name) =>
      `certs/${name}`
    ),
    ...["certs/front-proxy-ca", "certs/front-proxy-client", "certs/sa"],
  ],
  "control-plane/controller-manager": ["certs/ca", "certs/sa", "certs/front-proxy-ca", "kubeconfig/controller-manager"],
  "control-plane/scheduler": ["kubeconfig/scheduler"],
  "wait-control-plane": ["kubeconfig/admin"],
};

Deno.test("init starts nothing before what it reads is there", () => {
  for (const [phase, needs] of Object.entries(READ_AT_START)) {
    for (const need of needs) assert.ok(ORDER.indexOf(need) < ORDER.indexOf(phase), `${need} comes after ${phase}`);
  }
});
