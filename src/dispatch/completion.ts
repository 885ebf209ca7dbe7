import { InvalidInput } from "../errors.ts";
import type { Command, CommandCall } from "./command.ts";

/** The script for a shell; undefined for a shell that is not supported. */
async function scriptFor(
  shell: string | undefined,
  { commands, parents }: CommandCall,
): Promise<string | undefined> {
  const { completable } = await import("../cli/completion/table.ts");
  const all = {
    commands: await Promise.all(commands.map(async ({ spec, phases }) => completable(spec, await phases?.() ?? []))),
    parents,
  };
  switch (shell) {
    case "bash":
      return (await import("../cli/completion/bash.ts")).bashCompletion(all);
    case "zsh":
      return (await import("../cli/completion/zsh.ts")).zshCompletion(all);
    case "fish":
      return (await import("../cli/completion/fish.ts")).fishCompletion(all);
  }
}

/** `completion`. */
export const COMPLETION_COMMANDS: readonly Command[] = [
  {
    spec: {
      name: "completion",
      group: "other",
      summary: "print the shell completion script",
      description: [
        "The script completes commands, flags, phases and files in bash 4.4, zsh 5 or fish 3, or newer.",
      ],
      args: "bash|zsh|fish",
      maxArgs: 1,
      output: "document",
      flags: [],
      examples: [
        "source <(kubewright completion bash)",
        "kubewright completion bash >/etc/bash_completion.d/kubewright",
        "kubewright completion zsh >/usr/local/share/zsh/site-functions/_kubewright",
        "kubewright completion fish | source",
      ],
    },
    async run(call) {
      const [shell] = call.parsed.args;
      const script = await scriptFor(shell, call);
      if (script !== undefined) return { text: script, result: { shell, script } };
      throw new InvalidInput("Cannot print a completion script:", [{
        where: "SHELL",
        what: shell === undefined ? "is required: bash, zsh or fish" : `must be one of bash, zsh, fish; got "${shell}"`,
      }]);
    },
  },
];
