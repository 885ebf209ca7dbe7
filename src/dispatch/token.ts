import { certificateKeyOf, kubeconfigOf, tokenFields } from "../cli/requests.ts";
import { type CommandEntry, NO_PHASES } from "./entry.ts";

/** `token …`. */
export const TOKEN_ENTRIES: Readonly<Record<string, CommandEntry>> = {
  "token create": {
    phases: NO_PHASES,
    async run({ parsed, source, desk }) {
      const { create } = await import("../commands/token.ts");
      return await create(desk, {
        ...tokenFields(parsed),
        certificateKey: await certificateKeyOf(parsed, source),
        printJoinCommand: parsed.switch("print-join-command") === true,
        kubeconfig: kubeconfigOf(parsed),
        dryRun: parsed.switch("dry-run") === true,
      });
    },
  },
  "token list": {
    phases: NO_PHASES,
    run: async ({ parsed, desk }) => await (await import("../commands/token.ts")).list(desk, kubeconfigOf(parsed)),
  },
  "token delete": {
    phases: NO_PHASES,
    async run({ parsed, desk }) {
      const { remove } = await import("../commands/token.ts");
      return await remove(desk, parsed.operands, kubeconfigOf(parsed), parsed.switch("dry-run") === true);
    },
  },
  "token generate": {
    phases: NO_PHASES,
    run: async () => (await import("../commands/token.ts")).generate(),
  },
};
