import type { CommandSpec } from "../flags.ts";

/** `status`. */
export const STATUS_COMMANDS: readonly CommandSpec[] = [
  {
    name: "status",
    operands: "",
    maxOperands: 0,
    summary: "tell how this node is: services, control plane, certificates, and why something does not run",
    output: "document",
    flags: [],
    examples: [
      "kubewright status",
      "kubewright status --output json | jq .problems",
      "kubewright status >/dev/null || mail -s 'node is not well' root",
    ],
  },
];
