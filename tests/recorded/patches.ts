/**
 * Patches and what comes out of them, recorded from kubeadm's own libraries: apimachinery's strategicpatch v0.37.2 and
 * json-patch v4.13.0.
 * @module
 */

/** What all of these patches apply to. */
export const RECORDED_POD = {
  "apiVersion": "v1",
  "kind": "Pod",
  "metadata": { "name": "p", "labels": { "a": "1" }, "finalizers": ["f1", "f2"] },
  "spec": {
    "containers": [{
      "name": "c",
      "image": "i",
      "command": ["x", "--a"],
      "env": [{ "name": "A", "value": "1" }, { "name": "B", "value": "2" }],
      "ports": [{ "containerPort": 53, "protocol": "UDP" }, { "containerPort": 53, "protocol": "TCP" }, {
        "containerPort": 80,
      }],
      "volumeMounts": [{ "name": "v", "mountPath": "/v" }, { "name": "w", "mountPath": "/w", "readOnly": true }],
    }],
    "tolerations": [{ "operator": "Exists" }],
    "hostAliases": [{ "ip": "10.0.0.1", "hostnames": ["h"] }],
    "volumes": [{ "name": "v", "hostPath": { "path": "/v", "type": "Directory" } }, { "name": "w", "emptyDir": {} }],
  },
};

/** Name, type, patch; then the leaves that differ afterwards (`null`: gone), or that it is refused. */
export const RECORDED: readonly [
  string,
  "strategic" | "merge" | "json",
  unknown,
  Record<string, unknown> | "refused",
][] = [
  ["containers merge by name, plain lists are replaced", "strategic", {
    "spec": { "containers": [{ "name": "c", "image": "j", "command": ["y"] }] },
  }, { "/spec/containers/0/image": "j", "/spec/containers/0/command/0": "y", "/spec/containers/0/command/1": null }],
  ["a container that is new comes first", "strategic", { "spec": { "containers": [{ "name": "d", "image": "k" }] } }, {
    "/spec/containers/0/name": "d",
    "/spec/containers/0/image": "k",
    "/spec/containers/0/command/0": null,
    "/spec/containers/0/command/1": null,
    "/spec/containers/0/env/0/name": null,
    "/spec/containers/0/env/0/value": null,
    "/spec/containers/0/env/1/name": null,
    "/spec/containers/0/env/1/value": null,
    "/spec/containers/0/ports/0/containerPort": null,
    "/spec/containers/0/ports/0/protocol": null,
    "/spec/containers/0/ports/1/containerPort": null,
    "/spec/containers/0/ports/1/protocol": null,
    "/spec/containers/0/ports/2/containerPort": null,
    "/spec/containers/0/volumeMounts/0/name": null,
    "/spec/containers/0/volumeMounts/0/mountPath": null,
    "/spec/containers/0/volumeMounts/1/name": null,
    "/spec/containers/0/volumeMounts/1/mountPath": null,
    "/spec/containers/0/volumeMounts/1/readOnly": null,
    "/spec/containers/1/command/0": "x",
    "/spec/containers/1/command/1": "--a",
    "/spec/containers/1/env/0/name": "A",
    "/spec/containers/1/env/0/value": "1",
    "/spec/containers/1/env/1/name": "B",
    "/spec/containers/1/env/1/value": "2",
    "/spec/containers/1/image": "i",
    "/spec/containers/1/name": "c",
    "/spec/containers/1/ports/0/containerPort": 53,
    "/spec/containers/1/ports/0/protocol": "UDP",
    "/spec/containers/1/ports/1/containerPort": 53,
    "/spec/containers/1/ports/1/protocol": "TCP",
    "/spec/containers/1/ports/2/containerPort": 80,
    "/spec/containers/1/volumeMounts/0/mountPath": "/v",
    "/spec/containers/1/volumeMounts/0/name": "v",
    "/spec/containers/1/volumeMounts/1/mountPath": "/w",
    "/spec/containers/1/volumeMounts/1/name": "w",
    "/spec/containers/1/volumeMounts/1/readOnly": true,
  }],
  ["env merges by name", "strategic", {
    "spec": { "containers": [{ "name": "c", "env": [{ "name": "B", "value": "3" }, { "name": "C", "value": "4" }] }] },
  }, {
    "/spec/containers/0/env/1/value": "3",
    "/spec/containers/0/env/2/name": "C",
    "/spec/containers/0/env/2/value": "4",
  }],
  ["env: delete one", "strategic", {
    "spec": { "containers": [{ "name": "c", "env": [{ "name": "A", "$patch": "delete" }] }] },
  }, {
    "/spec/containers/0/env/0/name": "B",
    "/spec/containers/0/env/0/value": "2",
    "/spec/containers/0/env/1/name": null,
    "/spec/containers/0/env/1/value": null,
  }],
  ["env: replace all", "strategic", {
    "spec": { "containers": [{ "name": "c", "env": [{ "name": "Z", "value": "9" }, { "$patch": "replace" }] }] },
  }, {
    "/spec/containers/0/env/0/name": "Z",
    "/spec/containers/0/env/0/value": "9",
    "/spec/containers/0/env/1/name": null,
    "/spec/containers/0/env/1/value": null,
  }],
  ["env: order", "strategic", {
    "spec": { "containers": [{ "name": "c", "$setElementOrder/env": [{ "name": "B" }, { "name": "A" }] }] },
  }, {
    "/spec/containers/0/env/0/name": "B",
    "/spec/containers/0/env/0/value": "2",
    "/spec/containers/0/env/1/name": "A",
    "/spec/containers/0/env/1/value": "1",
  }],
  ["env: order with a new one", "strategic", {
    "spec": {
      "containers": [{
        "name": "c",
        "$setElementOrder/env": [{ "name": "C" }, { "name": "A" }],
        "env": [{ "name": "C", "value": "4" }],
      }],
    },
  }, {
    "/spec/containers/0/env/0/name": "C",
    "/spec/containers/0/env/0/value": "4",
    "/spec/containers/0/env/1/name": "A",
    "/spec/containers/0/env/1/value": "1",
    "/spec/containers/0/env/2/name": "B",
    "/spec/containers/0/env/2/value": "2",
  }],
  ["env: order that is not the patch's", "strategic", {
    "spec": {
      "containers": [{
        "name": "c",
        "$setElementOrder/env": [{ "name": "A" }],
        "env": [{ "name": "C", "value": "4" }],
      }],
    },
  }, "refused"],
  ["mounts merge by mountPath", "strategic", {
    "spec": {
      "containers": [{
        "name": "c",
        "volumeMounts": [{ "mountPath": "/w", "readOnly": null }, { "mountPath": "/n", "name": "n" }],
      }],
    },
  }, {
    "/spec/containers/0/volumeMounts/1/readOnly": null,
    "/spec/containers/0/volumeMounts/2/mountPath": "/n",
    "/spec/containers/0/volumeMounts/2/name": "n",
  }],
  ["ports merge by containerPort: the first of that number", "strategic", {
    "spec": { "containers": [{ "name": "c", "ports": [{ "containerPort": 53, "name": "dns" }] }] },
  }, { "/spec/containers/0/ports/0/name": "dns" }],
  ["ports: both of a number go", "strategic", {
    "spec": { "containers": [{ "name": "c", "ports": [{ "containerPort": 53, "$patch": "delete" }] }] },
  }, {
    "/spec/containers/0/ports/0/containerPort": 80,
    "/spec/containers/0/ports/0/protocol": null,
    "/spec/containers/0/ports/1/containerPort": null,
    "/spec/containers/0/ports/1/protocol": null,
    "/spec/containers/0/ports/2/containerPort": null,
  }],
  ["tolerations are replaced", "strategic", { "spec": { "tolerations": [{ "key": "k" }] } }, {
    "/spec/tolerations/0/operator": null,
    "/spec/tolerations/0/key": "k",
  }],
  ["host aliases merge by ip", "strategic", {
    "spec": { "hostAliases": [{ "ip": "10.0.0.1", "hostnames": ["i"] }, { "ip": "10.0.0.2", "hostnames": ["j"] }] },
  }, {
    "/spec/hostAliases/0/hostnames/0": "i",
    "/spec/hostAliases/1/hostnames/0": "j",
    "/spec/hostAliases/1/ip": "10.0.0.2",
  }],
  ["pull secrets that are new", "strategic", { "spec": { "imagePullSecrets": [{ "name": "s" }] } }, {
    "/spec/imagePullSecrets/0/name": "s",
  }],
  ["volume: retain keys", "strategic", {
    "spec": { "volumes": [{ "name": "v", "$retainKeys": ["name", "emptyDir"], "emptyDir": {} }] },
  }, { "/spec/volumes/0/hostPath/path": null, "/spec/volumes/0/hostPath/type": null, "/spec/volumes/0/emptyDir": {} }],
  ["volume: retain keys that miss one", "strategic", {
    "spec": { "volumes": [{ "name": "v", "$retainKeys": ["name"], "emptyDir": {} }] },
  }, "refused"],
  ["volume: replace a mapping", "strategic", {
    "spec": { "volumes": [{ "name": "v", "hostPath": { "$patch": "replace", "path": "/n" } }] },
  }, { "/spec/volumes/0/hostPath/path": "/n", "/spec/volumes/0/hostPath/type": null }],
  ["volume: empty a mapping", "strategic", {
    "spec": { "volumes": [{ "name": "v", "hostPath": { "$patch": "delete" } }] },
  }, { "/spec/volumes/0/hostPath/path": null, "/spec/volumes/0/hostPath/type": null, "/spec/volumes/0/hostPath": {} }],
  ["a directive that there is not", "strategic", { "metadata": { "labels": { "$patch": "merge" } } }, "refused"],
  ["plain values merge, and go", "strategic", {
    "metadata": { "$deleteFromPrimitiveList/finalizers": ["f1"], "labels": { "a": null, "b": "2" } },
  }, {
    "/metadata/labels/a": null,
    "/metadata/finalizers/0": "f2",
    "/metadata/finalizers/1": null,
    "/metadata/labels/b": "2",
  }],
  ["plain values: added ones come first", "strategic", { "metadata": { "finalizers": ["f3"] } }, {
    "/metadata/finalizers/0": "f3",
    "/metadata/finalizers/1": "f1",
    "/metadata/finalizers/2": "f2",
  }],
  ["plain values: order", "strategic", {
    "metadata": { "$setElementOrder/finalizers": ["f2", "f3", "f1"], "finalizers": ["f3"] },
  }, { "/metadata/finalizers/0": "f2", "/metadata/finalizers/1": "f3", "/metadata/finalizers/2": "f1" }],
  ["an item without its key", "strategic", { "spec": { "containers": [{ "image": "j" }] } }, "refused"],
  ["a mapping in the place of a list", "strategic", { "spec": { "tolerations": { "a": null, "b": 1 } } }, {
    "/spec/tolerations/0/operator": null,
    "/spec/tolerations/b": 1,
  }],
  ["what is new has no empty fields", "strategic", {
    "spec": { "securityContext": { "runAsUser": null, "fsGroup": 1 } },
  }, { "/spec/securityContext/fsGroup": 1 }],
  ["merge: lists are replaced", "merge", {
    "spec": { "containers": [{ "name": "d" }], "tolerations": null },
    "metadata": { "labels": { "b": "2" } },
  }, {
    "/spec/containers/0/name": "d",
    "/spec/containers/0/image": null,
    "/spec/containers/0/command/0": null,
    "/spec/containers/0/command/1": null,
    "/spec/containers/0/env/0/name": null,
    "/spec/containers/0/env/0/value": null,
    "/spec/containers/0/env/1/name": null,
    "/spec/containers/0/env/1/value": null,
    "/spec/containers/0/ports/0/containerPort": null,
    "/spec/containers/0/ports/0/protocol": null,
    "/spec/containers/0/ports/1/containerPort": null,
    "/spec/containers/0/ports/1/protocol": null,
    "/spec/containers/0/ports/2/containerPort": null,
    "/spec/containers/0/volumeMounts/0/name": null,
    "/spec/containers/0/volumeMounts/0/mountPath": null,
    "/spec/containers/0/volumeMounts/1/name": null,
    "/spec/containers/0/volumeMounts/1/mountPath": null,
    "/spec/containers/0/volumeMounts/1/readOnly": null,
    "/spec/tolerations/0/operator": null,
    "/metadata/labels/b": "2",
  }],
  ["merge: null below what is new", "merge", { "spec": { "securityContext": { "runAsUser": null, "fsGroup": 1 } } }, {
    "/spec/securityContext/fsGroup": 1,
  }],
  ["json: add in a list, at its end, in a mapping", "json", [
    { "op": "add", "path": "/spec/containers/0/command/1", "value": "--b" },
    { "op": "add", "path": "/spec/containers/0/command/-", "value": "--z" },
    { "op": "add", "path": "/metadata/labels/x~1y", "value": "q" },
  ], {
    "/spec/containers/0/command/1": "--b",
    "/metadata/labels/x/y": "q",
    "/spec/containers/0/command/2": "--a",
    "/spec/containers/0/command/3": "--z",
  }],
  ["json: from the end", "json", [{ "op": "replace", "path": "/spec/containers/0/command/-1", "value": "--c" }, {
    "op": "remove",
    "path": "/spec/volumes/-1",
  }], { "/spec/containers/0/command/1": "--c", "/spec/volumes/1/name": null, "/spec/volumes/1/emptyDir": null }],
  ["json: test, move, copy", "json", [{ "op": "test", "path": "/spec/containers/0/image", "value": "i" }, {
    "op": "move",
    "from": "/metadata/labels/a",
    "path": "/metadata/labels/b",
  }, { "op": "copy", "from": "/spec/volumes/0", "path": "/spec/volumes/-" }], {
    "/metadata/labels/a": null,
    "/metadata/labels/b": "1",
    "/spec/volumes/2/name": "v",
    "/spec/volumes/2/hostPath/path": "/v",
    "/spec/volumes/2/hostPath/type": "Directory",
  }],
  ["json: a test that fails", "json", [{ "op": "test", "path": "/spec/containers/0/image", "value": "j" }], "refused"],
  ["json: nothing there", "json", [{ "op": "remove", "path": "/spec/nope" }], "refused"],
  ["json: no way there", "json", [{ "op": "add", "path": "/spec/nope/x", "value": 1 }], "refused"],
  ["json: behind the end", "json", [{ "op": "add", "path": "/spec/containers/2", "value": 1 }], "refused"],
  ["json: replace what is not there", "json", [{ "op": "replace", "path": "/spec/hostIPC", "value": true }], {
    "/spec/hostIPC": true,
  }],
];
