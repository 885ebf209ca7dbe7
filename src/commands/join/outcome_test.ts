import assert from "node:assert/strict";
import { joinOutcome } from "./outcome.ts";

Deno.test("join claims only what its phases have seen, and says what to do next", () => {
  const text = (...skipPhases: string[]) => joinOutcome("k2", { dryRun: false, skipPhases }, 12.34).text;
  assert.equal(
    text(),
    `
Join finished in 12.3 s. Node k2 is Ready.

Next steps:

  1. Show the health of this node:

       kubewright status

  2. List the nodes of the cluster, on a control plane node:

       kubectl get nodes`,
  );
  assert.match(text("wait-node-ready"), /^\nJoin finished in 12\.3 s\. Node k2 is registered\.\n/);
  assert.match(text("wait-node-ready", "wait-node-registered"), /^\nJoin finished in 12\.3 s\.\n/);
  assert.equal(joinOutcome("k2", { dryRun: true, skipPhases: [] }, 1).text, "");
});
