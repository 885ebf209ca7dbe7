/**
 * Every command and flag, once.
 * @module
 */
import { CERTS_COMMANDS } from "./commands/certs.ts";
import { COMPLETION_COMMANDS } from "./commands/completion.ts";
import { CONFIG_COMMANDS } from "./commands/config.ts";
import { INIT_COMMANDS } from "./commands/init.ts";
import { JOIN_COMMANDS } from "./commands/join.ts";
import { KUBECONFIG_COMMANDS } from "./commands/kubeconfig.ts";
import { STATUS_COMMANDS } from "./commands/status.ts";
import { RESET_COMMANDS } from "./commands/reset.ts";
import { TOKEN_COMMANDS } from "./commands/token.ts";
import { VERSION_COMMANDS } from "./commands/version.ts";
import type { CommandSpec } from "./flags.ts";

/** All commands in the order of help. */
export const COMMANDS: readonly CommandSpec[] = [
  ...INIT_COMMANDS,
  ...JOIN_COMMANDS,
  ...STATUS_COMMANDS,
  ...RESET_COMMANDS,
  ...TOKEN_COMMANDS,
  ...CERTS_COMMANDS,
  ...KUBECONFIG_COMMANDS,
  ...CONFIG_COMMANDS,
  ...VERSION_COMMANDS,
  ...COMPLETION_COMMANDS,
];
