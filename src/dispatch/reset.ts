import { kubeconfigOf, nameOf, operandsOf, resetOverrides, textOf } from "../cli/requests.ts";
import type { CommandEntry } from "./entry.ts";

const RESET: CommandEntry = {
  phases: async () => (await import("../commands/reset.ts")).phaseNames(),
  async run({ parsed, source, desk }) {
    const { reset } = await import("../commands/reset.ts");
    return await reset(desk, {
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
