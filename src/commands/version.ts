import { SUPPORTED } from "../cluster/versions.ts";
import type { Build } from "../version.ts";
import type { Outcome } from "./desk.ts";

/** What this program is, and which minor releases of Kubernetes it sets up. */
export function version(build: Build): Outcome {
  const kubernetes = SUPPORTED.minors.map((minor) => `v1.${minor}`);
  const { version, commit, kind } = build;
  return {
    text: `kubewright ${version} (commit ${commit}, ${kind}), Kubernetes ${kubernetes.join(", ")}`,
    result: { version, commit, kind, kubernetes },
  };
}
