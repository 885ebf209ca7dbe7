import { kubeconfigOf, nameOf, operandsOf, resetOverrides, textOf } from "../cli/options.ts";
import type { CommandEntry } from "./entry.ts";

const RESET: CommandEntry = {
  phases: async () => (await import("../commands/reset.ts")).phaseNames(),
  async run({ parsed, source, context }) {
    const { reset } = await import("../commands/reset.ts");
    return await reset(context, {
      configText: await textOf(parsed, "config", source),
      configName: nameOf(parsed, "config"),
      given: parsed.given,
      phase: operandsOf(parsed).phase,
      overrides: resetOverrides(parsed),
      kubeconfig: kubeconfigOf(parsed),
    });
  },
};

/** `reset` and its phases. */
export const RESET_ENTRIES: Readonly<Record<string, CommandEntry>> = { reset: RESET, "reset phase": RESET };
