import assert from "node:assert/strict";
import { versionOf } from "./versions.ts";
import { controlPlaneImages } from "./control_plane/images.ts";
import { dnsImage, etcdImage, kubernetesImage } from "./images.ts";
import { SAMPLE_ETCD, sampleCluster } from "../../tests/samples/config.ts";

Deno.test("the images of a control plane node, in kubeadm's order", () => {
  assert.deepEqual(controlPlaneImages(sampleCluster()), [
    "registry.k8s.io/kube-apiserver:v1.37.2",
    "registry.k8s.io/kube-controller-manager:v1.37.2",
    "registry.k8s.io/kube-scheduler:v1.37.2",
    "registry.k8s.io/kube-proxy:v1.37.2",
    "registry.k8s.io/coredns/coredns:v1.14.6",
    "registry.k8s.io/pause:3.10.2",
    "registry.k8s.io/etcd:3.7.0-0",
  ]);
});

Deno.test("what is disabled or external needs no image", () => {
  const external = { endpoints: [], httpEndpoints: [], caFile: "", certFile: "", keyFile: "" };
  const images = controlPlaneImages(
    sampleCluster({ dns: { disabled: true }, proxy: { disabled: true }, etcd: { external } }),
  );
  assert.deepEqual(images.map((image) => image.split("/")[1]?.split(":")[0]), [
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "pause",
  ]);
});

Deno.test("only the default registry keeps CoreDNS one level deeper", () => {
  assert.equal(dnsImage(sampleCluster({ imageRepository: "r.example/k" })), "r.example/k/coredns:v1.14.6");
  assert.equal(dnsImage(sampleCluster({ dns: { imageRepository: "r.example" } })), "r.example/coredns:v1.14.6");
  assert.equal(
    dnsImage(
      sampleCluster({ imageRepository: "r.example", dns: { imageRepository: "registry.k8s.io", imageTag: "v1" } }),
    ),
    "registry.k8s.io/coredns/coredns:v1",
  );
});

Deno.test("overrides and build metadata in tags", () => {
  const local = { ...SAMPLE_ETCD, imageRepository: "e.example", imageTag: "3.7.1-0" };
  assert.equal(etcdImage(sampleCluster({ etcd: { local } })), "e.example/etcd:3.7.1-0");
  assert.equal(
    kubernetesImage("kube-proxy", sampleCluster({ kubernetesVersion: versionOf("v1.37.2+build.5") })),
    "registry.k8s.io/kube-proxy:v1.37.2_build.5",
  );
});
