import type { CommandSpec } from "../flags.ts";

/** `version` and what belongs to it. */
export const VERSION_COMMANDS: readonly CommandSpec[] = [
  {
    name: "version",
    operands: "",
    maxOperands: 0,
    summary: "print version, commit and kind of this program",
    flags: [],
    examples: ["kubewright version", "kubewright version --output json"],
  },
];
