import assert from "node:assert/strict";
import { sampleNode } from "../../../tests/samples/config.ts";
import type { ExternalEtcd } from "../../config/types.ts";
import { CHECK_RECORDS, type CheckRecord, CHECKS } from "../checks.ts";
import { controlPlaneChecks } from "./control_plane.ts";
import { KUBELET_CHECKS } from "./kubelet.ts";
import { unknownNames } from "./names.ts";
import { NODE_CHECKS } from "./node.ts";
import { PRIVILEGED } from "./run.ts";
import { WORKER_CHECKS } from "./worker.ts";

const ETCD: ExternalEtcd = { endpoints: [], httpEndpoints: [], caFile: "/c", certFile: "/t", keyFile: "/k" };

/** The checks of each command; those that are not in a list run in phases images and cluster-checks, and in reset. */
const CHECKS_OF: Record<CheckRecord["commands"][number], readonly CheckRecord[]> = {
  init: [
    ...[PRIVILEGED, ...NODE_CHECKS, ...KUBELET_CHECKS, ...controlPlaneChecks(sampleNode())],
    ...controlPlaneChecks(sampleNode({ etcd: { external: ETCD } })),
    CHECKS.images,
  ],
  join: [
    ...[PRIVILEGED, ...NODE_CHECKS, ...KUBELET_CHECKS, ...WORKER_CHECKS],
    ...[CHECKS.identity, CHECKS.kubeletVersion],
  ],
  reset: [CHECKS.privileged],
};

for (const command of ["init", "join", "reset"] as const) {
  Deno.test(`${command}: the recorded checks are those that run`, () => {
    const texts = (records: readonly CheckRecord[]) => [...new Set(records.map(({ verifies }) => verifies))].sort();
    const recorded = CHECK_RECORDS.filter(({ commands }) => (commands as readonly string[]).includes(command));
    assert.deepEqual(texts(CHECKS_OF[command]), texts(recorded));
  });
}

Deno.test("each check has a name of the form that its record shows, which is a known name", () => {
  for (const check of Object.values(CHECKS_OF).flat()) {
    const { name } = CHECK_RECORDS.find(({ verifies }) => verifies === check.verifies)!;
    assert.match(check.name, new RegExp(`^${RegExp.escape(name).replace(/\\x3c.*?\\x3e|<.*?>/g, ".+")}$`));
    assert.deepEqual(unknownNames([check.name]), []);
  }
});

Deno.test("the texts of the records are single sentences that stand alone", () => {
  for (const { name, verifies, fix } of CHECK_RECORDS) {
    assert.match(verifies, /^\S.*\.$/, name);
    assert.match(fix, /^[A-Z]/, name);
    assert.doesNotMatch(verifies, /\. [A-Z]/, name);
    assert.doesNotMatch(fix, /\. [A-Z]/, name);
  }
});
