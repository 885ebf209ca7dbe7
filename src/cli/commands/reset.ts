import {
  type CommandSpec,
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
} from "../flags.ts";

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

/** `reset` and what belongs to it. */
export const RESET_COMMANDS: readonly CommandSpec[] = [
  {
    name: "reset",
    changesHost: true,
    operands: "",
    maxOperands: 0,
    summary: "take the node off this host: what kubewright made, and nothing else",
    output: "events",
    flags: RESET_FLAGS,
    examples: ["kubewright reset", "kubewright reset --force", "kubewright reset --dry-run"],
  },
  {
    name: "reset phase",
    changesHost: true,
    operands: "PHASE…",
    maxOperands: 3,
    summary: "run one phase of reset, with all below it",
    output: "events",
    flags: RESET_FLAGS,
    examples: ["kubewright reset phase remove-etcd-member", "kubewright reset phase cleanup-node firewall"],
  },
];
