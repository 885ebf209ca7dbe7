import { type CommandEntry, NO_PHASES } from "./entry.ts";

/** `version`. */
export const VERSION_ENTRIES: Readonly<Record<string, CommandEntry>> = {
  version: {
    phases: NO_PHASES,
    run: async ({ parsed, build }) =>
      (await import("../commands/version.ts")).version(build, parsed.text("output") === "short"),
  },
};
