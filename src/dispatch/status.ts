import { type CommandEntry, NO_PHASES } from "./entry.ts";

/** `status`. */
export const STATUS_ENTRIES: Readonly<Record<string, CommandEntry>> = {
  status: {
    phases: NO_PHASES,
    run: async ({ context }) => await (await import("../commands/status.ts")).status(context),
  },
};
