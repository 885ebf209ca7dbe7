/**
 * From a command's name to the code that runs it; each loads its command only when it is called.
 * @module
 */
import { CONFIG_ENTRIES } from "./dispatch/config.ts";
import type { CommandEntry } from "./dispatch/entry.ts";
import { CERTS_ENTRIES } from "./dispatch/certs.ts";
import { COMPLETION_ENTRIES } from "./dispatch/completion.ts";
import { INIT_ENTRIES } from "./dispatch/init.ts";
import { JOIN_ENTRIES } from "./dispatch/join.ts";
import { KUBECONFIG_ENTRIES } from "./dispatch/kubeconfig.ts";
import { STATUS_ENTRIES } from "./dispatch/status.ts";
import { RESET_ENTRIES } from "./dispatch/reset.ts";
import { TOKEN_ENTRIES } from "./dispatch/token.ts";
import { VERSION_ENTRIES } from "./dispatch/version.ts";

/** Every command of `cli/commands.ts`. */
export const COMMAND_TABLE: Readonly<Record<string, CommandEntry>> = {
  ...CERTS_ENTRIES,
  ...CONFIG_ENTRIES,
  ...INIT_ENTRIES,
  ...JOIN_ENTRIES,
  ...KUBECONFIG_ENTRIES,
  ...STATUS_ENTRIES,
  ...RESET_ENTRIES,
  ...TOKEN_ENTRIES,
  ...VERSION_ENTRIES,
  ...COMPLETION_ENTRIES,
};
