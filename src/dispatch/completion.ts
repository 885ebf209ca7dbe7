import { InvalidInput } from "../errors.ts";
import { type CommandEntry, NO_PHASES } from "./entry.ts";

/** The text for a shell; undefined for one that there is none for. */
async function scriptFor(shell: string | undefined): Promise<string | undefined> {
  const [{ COMMANDS }, { COMMAND_TABLE }, { completable }] = await Promise.all([
    import("../cli/commands.ts"),
    import("../dispatch.ts"),
    import("../cli/completion/table.ts"),
  ]);
  const commands = await Promise.all(
    COMMANDS.map(async (spec) => completable(spec, await COMMAND_TABLE[spec.name]!.phases())),
  );
  switch (shell) {
    case "bash":
      return (await import("../cli/completion/bash.ts")).bashCompletion(commands);
    case "zsh":
      return (await import("../cli/completion/zsh.ts")).zshCompletion(commands);
    case "fish":
      return (await import("../cli/completion/fish.ts")).fishCompletion(commands);
  }
}

/** `completion`. */
export const COMPLETION_ENTRIES: Readonly<Record<string, CommandEntry>> = {
  completion: {
    phases: NO_PHASES,
    async run({ parsed }) {
      const [shell] = parsed.operands;
      const script = await scriptFor(shell);
      if (script !== undefined) return { text: script, result: { shell, script } };
      throw new InvalidInput("Cannot complete words:", [{
        where: "SHELL",
        what: shell === undefined ? "name one: bash, zsh or fish" : `is bash, zsh or fish, not "${shell}"`,
      }]);
    },
  },
};
