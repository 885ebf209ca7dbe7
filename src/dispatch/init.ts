import { initOverrides, nameOf, operandsOf, textOf, tokenOf } from "../cli/requests.ts";
import type { CommandEntry } from "./entry.ts";

const INIT: CommandEntry = {
  phases: async () => (await import("../commands/init.ts")).phaseNames(),
  async run({ parsed, source, desk }) {
    const { init } = await import("../commands/init.ts");
    return await init(desk, {
      configText: await textOf(parsed, "config", source),
      configName: nameOf(parsed, "config"),
      given: parsed.given,
      phase: operandsOf(parsed).phase,
      overrides: initOverrides(parsed, await tokenOf(parsed, source)),
      cni: parsed.text("cni"),
      showToken: parsed.switch("skip-token-print") !== true,
    });
  },
};

/** `init` and its phases. */
export const INIT_ENTRIES: Readonly<Record<string, CommandEntry>> = { init: INIT, "init phase": INIT };
