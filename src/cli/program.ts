/**
 * What help and the CLI reference describe once for all commands.
 * @module
 */
import type { CommandSpec, OutputKind } from "./flags.ts";

/** The program itself. */
export const PROGRAM = {
  name: "kubewright",
  summary: "turn bare Linux hosts into a Kubernetes cluster",
  description: [
    "kubewright creates a Kubernetes cluster from Linux hosts that run systemd and a container runtime. It takes " +
    "the flags and the configuration files of kubeadm.",
  ],
} as const;

/** What `--output json|yaml` prints. */
export const OUTPUTS: Readonly<Record<OutputKind, string>> = {
  events: "one event for each line or document, with the result or the error as the last one",
  document: "the answer; warnings and errors are events on standard error",
};

/** The JSON schemas of what a command prints: of its result, then of what every command prints. */
export function schemasOf({ name }: CommandSpec): string[] {
  const own = name.endsWith(" phase") ? "phase" : name.replaceAll(" ", "-");
  return [own, "event", "error"].map((schema) => `schemas/${schema}.json`);
}
