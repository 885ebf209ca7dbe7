import { certificateKeyOf, kubeconfigOf, settingsOf } from "../cli/options.ts";
import { type CommandEntry, NO_PHASES } from "./entry.ts";

/** `token …`. */
export const TOKEN_ENTRIES: Readonly<Record<string, CommandEntry>> = {
  "token create": {
    phases: NO_PHASES,
    async run({ parsed, source, context }) {
      const { create } = await import("../commands/token.ts");
      return await create(context, {
        settings: await settingsOf(parsed, source),
        certificateKey: await certificateKeyOf(parsed, source),
        printJoinCommand: parsed.switch("print-join-command") === true,
        kubeconfig: kubeconfigOf(parsed),
        dryRun: parsed.switch("dry-run") === true,
      });
    },
  },
  "token list": {
    phases: NO_PHASES,
    run: async ({ parsed, context }) =>
      await (await import("../commands/token.ts")).list(context, kubeconfigOf(parsed)),
  },
  "token delete": {
    phases: NO_PHASES,
    async run({ parsed, context }) {
      const { remove } = await import("../commands/token.ts");
      return await remove(context, parsed.operands, kubeconfigOf(parsed), parsed.switch("dry-run") === true);
    },
  },
  "token generate": {
    phases: NO_PHASES,
    run: async () => (await import("../commands/token.ts")).generate(),
  },
};
