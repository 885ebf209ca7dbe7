import type { Command } from "./command.ts";

/** `status`. */
export const STATUS_COMMANDS: readonly Command[] = [
  {
    spec: {
      name: "status",
      group: "node",
      summary: "show the health of this node and diagnose what is not running",
      description: [
        "Reports systemd, the container runtime, the kubelet, the control plane, the Node and the certificates, " +
        "and for what does not run the cause and the command that fixes it. Makes no changes, and works when any " +
        "part is down.",
        "The exit code is 0 only when everything is healthy, so scripts can use it as a check.",
      ],
      args: "",
      maxArgs: 0,
      output: "document",
      flags: [],
      examples: [
        "kubewright status",
        "kubewright status --output json | jq .problems",
        "kubewright status >/dev/null || mail -s 'node is unhealthy' root",
      ],
    },
    run: async ({ context }) => await (await import("../commands/status.ts")).status(context),
  },
];
