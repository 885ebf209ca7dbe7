import type { Parsed } from "../cli/parse.ts";
import { nameOf, requiredText, settingsOf, textOf, type TextSource } from "../cli/options.ts";
import { type CommandEntry, NO_PHASES } from "./entry.ts";

function printing(kind: string): CommandEntry {
  return {
    phases: NO_PHASES,
    async run({ parsed, context }) {
      const { printDefaults } = await import("../commands/config.ts");
      return printDefaults(context, kind, parsed.list("component-configs") ?? []);
    },
  };
}

async function imagesRequest(parsed: Parsed, source: TextSource) {
  return {
    configText: await textOf(parsed, "config", source),
    configName: nameOf(parsed, "config"),
    settings: await settingsOf(parsed, source),
  };
}

/** `config …`. */
export const CONFIG_ENTRIES: Readonly<Record<string, CommandEntry>> = {
  "config print init-defaults": printing("init"),
  "config print join-defaults": printing("join"),
  "config print reset-defaults": printing("reset"),
  "config print upgrade-defaults": printing("upgrade"),
  "config validate": {
    phases: NO_PHASES,
    async run({ parsed, source, context }) {
      const file = await requiredText(parsed, "config", source);
      const { validate } = await import("../commands/config.ts");
      return validate(context, file, {
        allowDeprecated: parsed.switch("allow-deprecated-api") === true,
        allowExperimental: parsed.switch("allow-experimental-api") === true,
      });
    },
  },
  "config migrate": {
    phases: NO_PHASES,
    async run({ parsed, source, context }) {
      const file = await requiredText(parsed, "old-config", source);
      const { migrate } = await import("../commands/config.ts");
      return await migrate(context, file, {
        allowExperimental: parsed.switch("allow-experimental-api") === true,
        newPath: parsed.text("new-config"),
        dryRun: parsed.switch("dry-run") === true,
      });
    },
  },
  "config images list": {
    phases: NO_PHASES,
    run: async ({ parsed, source, context }) =>
      await (await import("../commands/config.ts")).listImages(context, await imagesRequest(parsed, source)),
  },
  "config images pull": {
    phases: NO_PHASES,
    run: async ({ parsed, source, context }) =>
      await (await import("../commands/config.ts")).pullImages(context, await imagesRequest(parsed, source)),
  },
};
