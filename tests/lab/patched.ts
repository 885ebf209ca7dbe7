/**
 * A directory of patches: all three types, all targets, every rule of file names and of order.
 *
 * @module
 */

/** Where it is on a host. */
export const DIRECTORY = "/root/patches";

/** A container of a pod, to be merged by its name. */
const container = (name: string, fields: Record<string, unknown>) => ({ spec: { containers: [{ name, ...fields }] } });
const text = (...values: unknown[]) =>
  values.map((value) => JSON.stringify(value, undefined, 2)).join("\n---\n") + "\n";

/** Patch files by name. */
export const PATCHES: Readonly<Record<string, string>> = {
  "etcd.yaml": text(
    { metadata: { labels: { "example.test/patched": "one" } } },
    container("etcd", {
      resources: { requests: { memory: "120Mi" } },
      env: [{ name: "ETCD_LOG_LEVEL", value: "warn" }],
      volumeMounts: [{ mountPath: "/scratch", name: "scratch" }],
    }),
    {
      spec: { volumes: [{ name: "scratch", emptyDir: {} }], hostAliases: [{ ip: "192.0.2.1", hostnames: ["a.test"] }] },
    },
  ),
  // Behind "etcd.yaml": its word is the last.
  "etcd9+merge.yaml": "metadata:\n  labels:\n    example.test/patched: two\n",
  "kube-apiserver+json.json": text([
    { op: "test", path: "/spec/containers/0/name", value: "kube-apiserver" },
    { op: "add", path: "/spec/containers/0/command/-", value: "--profiling=false" },
    { op: "add", path: "/metadata/annotations/example.test~1patched", value: "yes" },
    { op: "replace", path: "/spec/containers/0/livenessProbe/failureThreshold", value: 9 },
  ]),
  "kube-controller-manager+merge.yaml": text({
    metadata: { annotations: { "example.test/patched": "yes" } },
    spec: { terminationGracePeriodSeconds: 15, securityContext: { seccompProfile: { type: "RuntimeDefault" } } },
  }),
  // The port that health is asked at moves, too.
  "kube-scheduler0+strategic.yaml": text(
    container("kube-scheduler", {
      ports: [{ $patch: "replace" }, { name: "probe-port", containerPort: 10269, protocol: "TCP" }],
    }),
  ),
  "kube-scheduler1+json.yaml": text([
    { op: "add", path: "/spec/containers/0/command/-", value: "--secure-port=10269" },
    { op: "add", path: "/spec/containers/0/resources/limits", value: { memory: "256Mi" } },
  ]),
  "kubeletconfiguration+json.json": text([
    { op: "test", path: "/syncFrequency", value: "0s" },
    { op: "replace", path: "/syncFrequency", value: "45s" },
  ]),
  "kubeletconfiguration.yaml": "maxPods: 77\nevictionHard:\n  memory.available: 50Mi\nimageMinimumGCAge: null\n",
  "corednsdeployment.yaml": text({
    spec: {
      replicas: 1,
      template: {
        metadata: { labels: { "example.test/patched": "yes" } },
        spec: {
          tolerations: [{ operator: "Exists" }],
          containers: [{
            name: "coredns",
            resources: { limits: { memory: "200Mi" } },
            ports: [{ containerPort: 9153, $patch: "delete" }],
          }],
        },
      },
    },
  }),
  "kubeproxydaemonset+json.yaml": text([
    { op: "add", path: "/spec/template/metadata/annotations", value: { "example.test/patched": "yes" } },
    { op: "replace", path: "/spec/template/spec/containers/0/env/0/name", value: "NODE_NAME" },
  ]),
  "further/kube-scheduler+merge.yaml": text({ metadata: { labels: { "example.test/below": "yes" } } }),
  "README.md": "Nothing of this is a patch.\n",
  "kubelet.yaml": "maxPods: 1\n",
};

/** A shell script that writes them. */
export const WRITE_PATCHES = [
  `rm -rf ${DIRECTORY}; mkdir -p ${DIRECTORY}/further`,
  ...Object.entries(PATCHES).map(([name, content]) => `cat >${DIRECTORY}/${name} <<'END'\n${content}END`),
].join("\n");
