import { kubeconfigOf, nameOf, operandsOf, settingsOf, textOf } from "../cli/options.ts";
import type { CommandEntry } from "./entry.ts";

const RESET: CommandEntry = {
  phases: async () => (await import("../commands/reset.ts")).phaseNames(),
  async run({ parsed, source, context }) {
    const { reset } = await import("../commands/reset.ts");
    return await reset(context, {
      configText: await textOf(parsed, "config", source),
      configName: nameOf(parsed, "config"),
      phase: operandsOf(parsed).phase,
      settings: await settingsOf(parsed, source),
      kubeconfig: kubeconfigOf(parsed),
    });
  },
};

/** `reset` and its phases. */
export const RESET_ENTRIES: Readonly<Record<string, CommandEntry>> = { reset: RESET, "reset phase": RESET };
