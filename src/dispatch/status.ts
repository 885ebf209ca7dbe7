import type { Command } from "./command.ts";

/** `status`. */
export const STATUS_COMMANDS: readonly Command[] = [
  {
    spec: {
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
    run: async ({ context }) => await (await import("../commands/status.ts")).status(context),
  },
];
