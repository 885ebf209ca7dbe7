import { certificateKeyOf, joinOverrides, nameOf, operandsOf, textOf, tokenOf } from "../cli/options.ts";
import type { CommandEntry } from "./entry.ts";

const JOIN: CommandEntry = {
  phases: async () => (await import("../commands/join.ts")).phaseNames(),
  async run({ parsed, source, context }) {
    const { join } = await import("../commands/join.ts");
    return await join(context, {
      configText: await textOf(parsed, "config", source),
      configName: nameOf(parsed, "config"),
      given: parsed.given,
      phase: operandsOf(parsed).phase,
      overrides: joinOverrides(parsed, await tokenOf(parsed, source), await certificateKeyOf(parsed, source)),
    });
  },
};

/** `join` and its phases. */
export const JOIN_ENTRIES: Readonly<Record<string, CommandEntry>> = { join: JOIN, "join phase": JOIN };
