import { SUPPORTED } from "../cluster/versions.ts";
import type { Build } from "../version.ts";
import type { Outcome } from "./command_context.ts";

/**
 * The fields that `kubeadm version` has of itself, about this program. `goVersion` and `buildDate` are left out: there is
 * no Go in it, and the same source makes the same bytes on every day.
 */
function clientVersion({ version, commit, platform }: Build): Record<string, string> {
  const [major = "", minor = ""] = version.split(".");
  return {
    major,
    minor,
    gitVersion: `v${version}`,
    gitCommit: commit.replace(/-dirty$/, ""),
    gitTreeState: commit === "unknown" ? "unknown" : commit.endsWith("-dirty") ? "dirty" : "clean",
    compiler: "deno",
    ...(platform === undefined ? {} : { platform }),
  };
}

/** What this program is, and which minor releases of Kubernetes it sets up; `short`: only its version. */
export function version(build: Build, short: boolean): Outcome {
  const kubernetes = SUPPORTED.minors.map((minor) => `v1.${minor}`);
  const { version, commit, kind } = build;
  return {
    text: short
      ? `v${version}`
      : `kubewright ${version} (commit ${commit}, ${kind}), Kubernetes ${kubernetes.join(", ")}`,
    result: { clientVersion: clientVersion(build), build: kind, kubernetesVersions: kubernetes },
  };
}
