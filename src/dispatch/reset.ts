import { type Flag, flag, sets, short, text } from "../cli/flags.ts";
import { CONFIG, CRI_SOCKET, DRY_RUN, IGNORE, KUBECONFIG, skipPhases } from "../cli/shared_flags.ts";
import { argumentsOf, kubeconfigOf, nameOf, settingsOf, textOf } from "../cli/options.ts";
import type { Command } from "./command.ts";

const RESET_FLAGS: readonly Flag[] = [
  sets(
    text("cert-dir", "<dir>", "directory of the certificates, on a node that kubeadm created", {
      default: "/etc/kubernetes/pki",
    }),
    "ResetConfiguration.certificatesDir",
  ),
  sets(flag("cleanup-tmp-dir", "also delete the contents of /etc/kubernetes/tmp"), "ResetConfiguration.cleanupTmpDir"),
  CONFIG,
  sets(CRI_SOCKET, "ResetConfiguration.criSocket"),
  sets(DRY_RUN, "ResetConfiguration.dryRun"),
  sets(short("f", flag("force", "do not ask for confirmation")), "ResetConfiguration.force"),
  sets(IGNORE, "ResetConfiguration.ignorePreflightErrors"),
  KUBECONFIG,
  sets(skipPhases("delete-node,cleanup-node/firewall"), "ResetConfiguration.skipPhases"),
];

const CALL: Omit<Command, "spec"> = {
  phases: async () => (await import("../commands/reset.ts")).phases(),
  async run({ parsed, source, context }) {
    const { reset } = await import("../commands/reset.ts");
    return await reset(context, {
      configText: await textOf(parsed, "config", source),
      configName: nameOf(parsed, "config"),
      phase: argumentsOf(parsed).phase,
      settings: await settingsOf(parsed, source),
      kubeconfig: kubeconfigOf(parsed),
    });
  },
};

/** `reset` and what belongs to it. */
export const RESET_COMMANDS: readonly Command[] = [
  {
    spec: {
      name: "reset",
      group: "node",
      summary: "remove this node, and only the files kubewright created",
      description: [
        "Asks for confirmation, deletes the Node and the etcd member from the cluster, stops the pods and removes " +
        "the files of the node. Pods are not drained: run kubectl drain first. Everything else stays and is listed " +
        "with the reason. A node that kubeadm created is reset as kubeadm does it.",
        "If a step cannot be finished, the exit code is 1: fix what is listed and rerun the command.",
      ],
      changesHost: true,
      args: "",
      maxArgs: 0,
      output: "events",
      flags: RESET_FLAGS,
      examples: ["kubewright reset", "kubewright reset --force", "kubewright reset --dry-run"],
    },
    ...CALL,
  },
  {
    spec: {
      name: "reset phase",
      group: "node",
      summary: "run one phase of reset and the phases below it",
      description: ["PHASE is a phase from the list below, one word for each level: cleanup-node firewall."],
      changesHost: true,
      args: "PHASE…",
      maxArgs: 3,
      output: "events",
      flags: RESET_FLAGS,
      examples: ["kubewright reset phase remove-etcd-member", "kubewright reset phase cleanup-node firewall"],
    },
    ...CALL,
  },
];
