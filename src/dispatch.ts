/**
 * Every command, once: what it is, its flags, and the call of its code.
 * @module
 */
import type { CommandSpec } from "./cli/flags.ts";
import { CERTS_COMMANDS } from "./dispatch/certs.ts";
import type { Command } from "./dispatch/command.ts";
import { COMPLETION_COMMANDS } from "./dispatch/completion.ts";
import { CONFIG_COMMANDS } from "./dispatch/config.ts";
import { INIT_COMMANDS } from "./dispatch/init.ts";
import { JOIN_COMMANDS } from "./dispatch/join.ts";
import { KUBECONFIG_COMMANDS } from "./dispatch/kubeconfig.ts";
import { RESET_COMMANDS } from "./dispatch/reset.ts";
import { STATUS_COMMANDS } from "./dispatch/status.ts";
import { TOKEN_COMMANDS } from "./dispatch/token.ts";
import { VERSION_COMMANDS } from "./dispatch/version.ts";

/** All commands in the order of help. */
export const COMMANDS: readonly Command[] = [
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

/** What each of them is, without its code. */
export const SPECS: readonly CommandSpec[] = COMMANDS.map(({ spec }) => spec);
