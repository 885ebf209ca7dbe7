import { InvalidInput } from "../errors.ts";
import type { Command } from "./command.ts";

/** The text for a shell; undefined for one that there is none for. */
async function scriptFor(shell: string | undefined, commands: readonly Command[]): Promise<string | undefined> {
  const { completable } = await import("../cli/completion/table.ts");
  const known = await Promise.all(
    commands.map(async ({ spec, phases }) => completable(spec, await phases?.() ?? [])),
  );
  switch (shell) {
    case "bash":
      return (await import("../cli/completion/bash.ts")).bashCompletion(known);
    case "zsh":
      return (await import("../cli/completion/zsh.ts")).zshCompletion(known);
    case "fish":
      return (await import("../cli/completion/fish.ts")).fishCompletion(known);
  }
}

/** `completion`. */
export const COMPLETION_COMMANDS: readonly Command[] = [
  {
    spec: {
      name: "completion",
      operands: "bash|zsh|fish",
      maxOperands: 1,
      summary: "print what makes a shell complete the words of this program",
      output: "document",
      flags: [],
      examples: [
        "source <(kubewright completion bash)",
        "kubewright completion bash >/etc/bash_completion.d/kubewright",
        "kubewright completion zsh >/usr/local/share/zsh/site-functions/_kubewright",
        "kubewright completion fish | source",
      ],
    },
    async run({ parsed, commands }) {
      const [shell] = parsed.operands;
      const script = await scriptFor(shell, commands);
      if (script !== undefined) return { text: script, result: { shell, script } };
      throw new InvalidInput("Cannot complete words:", [{
        where: "SHELL",
        what: shell === undefined ? "name one: bash, zsh or fish" : `is bash, zsh or fish, not "${shell}"`,
      }]);
    },
  },
];
