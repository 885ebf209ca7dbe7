import { deepStrictEqual as equal, match, strictEqual } from "node:assert";
import { type Allowance, compare, describe, flatten, type Outcome, rename } from "./compare.ts";
import { Tally } from "./tally.ts";

const POD = {
  metadata: { name: "etcd", labels: { tier: "control-plane" }, annotations: { "a.io/b": "c" } },
  spec: {
    containers: [{
      name: "etcd",
      command: ["etcd", "--name=k1", "--peer=a", "--peer=b"],
      resources: { requests: { cpu: "100m" } },
      probe: { port: 2381 },
    }],
    volumes: [{ name: "certs", hostPath: { path: "/a" } }, { name: "data", hostPath: { path: "/b" } }],
    priority: 2000001000,
    hostNetwork: true,
    list: [1, "1", null],
  },
};

function outcome(value: unknown): Outcome {
  return new Map([["etcd.yaml", flatten(value)]]);
}

/** The paths that differ after a change to a copy of the pod. */
function found(change: (pod: typeof POD) => void): string[] {
  const other = structuredClone(POD);
  change(other);
  return compare(outcome(POD), outcome(other)).differences.map(({ path }) => path);
}

Deno.test("the same is the same, and every field is counted", () => {
  const { fields, differences } = compare(outcome(POD), outcome(structuredClone(POD)));
  equal(differences, []);
  strictEqual(fields, 22);
});

Deno.test("each kind of seeded difference is found, and nothing else", () => {
  equal(found((pod) => pod.spec.priority++), ["spec.priority"]);
  equal(found((pod) => pod.spec.hostNetwork = false), ["spec.hostNetwork"]);
  equal(found((pod) => pod.metadata.annotations["a.io/b"] = "d"), ["metadata.annotations.{a.io/b}"]);
  equal(found((pod) => pod.spec.containers[0]!.command[1] = "--name=k2"), ["spec.containers[etcd].command[--name]"]);
  equal(found((pod) => pod.spec.containers[0]!.command.reverse()), [
    "spec.containers[etcd].command.order",
    "spec.containers[etcd].command[--peer#2]",
    "spec.containers[etcd].command[--peer]",
    "spec.containers[etcd].command[0]",
    "spec.containers[etcd].command[3]",
  ]);
  equal(found((pod) => pod.spec.containers[0]!.command.pop()), [
    "spec.containers[etcd].command.order",
    "spec.containers[etcd].command[--peer#2]",
  ]);
  equal(found((pod) => pod.spec.volumes.reverse()), ["spec.volumes.order"]);
  equal(found((pod) => pod.spec.volumes[1]!.hostPath.path = "/c"), ["spec.volumes[data].hostPath.path"]);
  equal(found((pod) => pod.spec.list[1] = 1), ["spec.list[1]"]);
  equal(found((pod) => Object.assign(pod.metadata.labels, { tier: undefined })), [
    "metadata.labels",
    "metadata.labels.tier",
  ]);
  equal(found((pod) => Object.assign(pod, { status: {} })), ["status"]);
  equal(found((pod) => Object.assign(pod.spec, { list: [] })), [
    "spec.list",
    "spec.list[0]",
    "spec.list[1]",
    "spec.list[2]",
  ]);
});

Deno.test("a document that only one side has is a difference, an empty one is none", () => {
  const both = new Map([...outcome(POD), ["empty", flatten({})]]);
  const { differences, fields } = compare(both, outcome(POD));
  equal(differences.map(({ document, path }) => [document, path]), [["empty", ""]]);
  strictEqual(fields, 23);
  match(describe(differences[0]!), /^empty: kubeadm 1 fields, kubewright nothing$/);
});

Deno.test("words are replaced whole, in names, paths and values", () => {
  const renamed = rename(new Map([["Node /a1", flatten({ x: "https://10.0.0.1:6443 10.0.0.12 a1 a12" })]]), {
    "10.0.0.1": "ADDRESS",
    a1: "NODE",
  });
  equal([...renamed.keys()], ["Node /NODE"]);
  strictEqual(renamed.get("Node /NODE")!.get("x"), '"https://ADDRESS:6443 10.0.0.12 NODE a12"');
});

Deno.test("an allowance for one configuration is none for another", () => {
  const tally = new Tally([{ ...ALLOWANCE, configuration: "one" }], "1.37");
  const longer = outcome({ ...POD, status: {} });
  strictEqual(tally.refuses("one", longer, outcome(POD)), false);
  strictEqual(tally.refuses("two", longer, outcome(POD)), true);
});

const ALLOWANCE: Allowance = { reason: "meant so", document: /yaml$/, path: /^status$/ };

Deno.test("the tally refuses what is not allowed, and names what is no longer needed", () => {
  const tally = new Tally([ALLOWANCE, { ...ALLOWANCE, reason: "elsewhere", minor: "1.0" }], "1.37");
  match(tally.add("one", "files", outcome(POD), outcome(POD)), /^one: 22 fields of 1 documents, 0 allowed/);
  equal(tally.problems(false), []);
  equal(tally.problems(true), ["an allowed difference never occurred, take it off the list: meant so"]);
  tally.add("two", "files", outcome({ ...POD, status: {} }), outcome(POD));
  equal(tally.problems(true), []);
  tally.add("two", "files", outcome({ ...POD, other: 1 }), outcome(POD));
  equal(tally.problems(true), ["two (files): etcd.yaml other: kubeadm 1, kubewright nothing"]);
  strictEqual(tally.report()[0], "2 configurations, 3 documents, 68 fields compared");
  match(tally.report()[2]!, /^ +1 {2}meant so$/);
});
