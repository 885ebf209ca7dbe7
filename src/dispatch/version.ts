import { short, text } from "../cli/flags.ts";
import type { Command } from "./command.ts";

/** `version` and what belongs to it. */
export const VERSION_COMMANDS: readonly Command[] = [
  {
    spec: {
      name: "version",
      group: "other",
      summary: "print the version of kubewright and the supported Kubernetes versions",
      description: [],
      args: "",
      maxArgs: 0,
      output: "document",
      flags: [
        short(
          "o",
          text("output", "text|short|json|yaml", "output format; short prints only the version", { default: "text" }),
        ),
      ],
      examples: ["kubewright version", "kubewright version --output short"],
    },
    run: async ({ parsed, build }) =>
      (await import("../commands/version.ts")).version(build, parsed.text("output") === "short"),
  },
];
