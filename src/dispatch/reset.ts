import {
  CONFIG,
  CRI_SOCKET,
  DRY_RUN,
  type Flag,
  flag,
  IGNORE,
  KUBECONFIG,
  sets,
  short,
  SKIP,
  text,
} from "../cli/flags.ts";
import { kubeconfigOf, nameOf, operandsOf, settingsOf, textOf } from "../cli/options.ts";
import type { Command } from "./command.ts";

const RESET_FLAGS: readonly Flag[] = [
  sets(
    text("cert-dir", "<dir>", "where the certificates of a cluster that kubeadm made are (/etc/kubernetes/pki)"),
    "ResetConfiguration.certificatesDir",
  ),
  sets(flag("cleanup-tmp-dir", "also empty /etc/kubernetes/tmp"), "ResetConfiguration.cleanupTmpDir"),
  CONFIG,
  sets(CRI_SOCKET, "ResetConfiguration.criSocket"),
  sets(DRY_RUN, "ResetConfiguration.dryRun"),
  sets(short("f", flag("force", "do not ask")), "ResetConfiguration.force"),
  sets(IGNORE, "ResetConfiguration.ignorePreflightErrors"),
  KUBECONFIG,
  sets(SKIP, "ResetConfiguration.skipPhases"),
];

const CALL: Omit<Command, "spec"> = {
  phases: async () => (await import("../commands/reset.ts")).phaseNames(),
  async run({ parsed, source, context }) {
    const { reset } = await import("../commands/reset.ts");
    return await reset(context, {
      configText: await textOf(parsed, "config", source),
      configName: nameOf(parsed, "config"),
      phase: operandsOf(parsed).phase,
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
      changesHost: true,
      operands: "",
      maxOperands: 0,
      summary: "take the node off this host: what kubewright made, and nothing else",
      output: "events",
      flags: RESET_FLAGS,
      examples: ["kubewright reset", "kubewright reset --force", "kubewright reset --dry-run"],
    },
    ...CALL,
  },
  {
    spec: {
      name: "reset phase",
      changesHost: true,
      operands: "PHASE…",
      maxOperands: 3,
      summary: "run one phase of reset, with all below it",
      output: "events",
      flags: RESET_FLAGS,
      examples: ["kubewright reset phase remove-etcd-member", "kubewright reset phase cleanup-node firewall"],
    },
    ...CALL,
  },
];
