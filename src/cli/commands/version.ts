import { type CommandSpec, short, text } from "../flags.ts";

/** `version` and what belongs to it. */
export const VERSION_COMMANDS: readonly CommandSpec[] = [
  {
    name: "version",
    operands: "",
    maxOperands: 0,
    summary: "print version, commit and kind of this program",
    output: "document",
    flags: [short("o", text("output", "text|short|json|yaml", "what to print (text); short: only the version"))],
    examples: ["kubewright version", "kubewright version --output short"],
  },
];
