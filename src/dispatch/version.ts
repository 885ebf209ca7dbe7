import { short, text } from "../cli/flags.ts";
import type { Command } from "./command.ts";

/** `version` and what belongs to it. */
export const VERSION_COMMANDS: readonly Command[] = [
  {
    spec: {
      name: "version",
      operands: "",
      maxOperands: 0,
      summary: "print version, commit and kind of this program",
      output: "document",
      flags: [short("o", text("output", "text|short|json|yaml", "what to print (text); short: only the version"))],
      examples: ["kubewright version", "kubewright version --output short"],
    },
    run: async ({ parsed, build }) =>
      (await import("../commands/version.ts")).version(build, parsed.text("output") === "short"),
  },
];
