import { nameOf, operandsOf, settingsOf, textOf } from "../cli/options.ts";
import type { CommandEntry } from "./entry.ts";

const JOIN: CommandEntry = {
  phases: async () => (await import("../commands/join.ts")).phaseNames(),
  async run({ parsed, source, context }) {
    const { join } = await import("../commands/join.ts");
    return await join(context, {
      configText: await textOf(parsed, "config", source),
      configName: nameOf(parsed, "config"),
      phase: operandsOf(parsed).phase,
      settings: await settingsOf(parsed, source),
    });
  },
};

/** `join` and its phases. */
export const JOIN_ENTRIES: Readonly<Record<string, CommandEntry>> = { join: JOIN, "join phase": JOIN };
