/**
 * The list of all commands: each with its flags and the call of its code.
 * @module
 */
import type { CommandSpec, ParentSpec } from "./cli/flags.ts";
import { BUNDLE_COMMANDS, BUNDLE_PARENT } from "./dispatch/bundle.ts";
import { CERTS_COMMANDS, CERTS_PARENT } from "./dispatch/certs.ts";
import type { Command } from "./dispatch/command.ts";
import { COMPLETION_COMMANDS } from "./dispatch/completion.ts";
import { CONFIG_COMMANDS, CONFIG_PARENTS } from "./dispatch/config.ts";
import { INIT_COMMANDS } from "./dispatch/init.ts";
import { JOIN_COMMANDS } from "./dispatch/join.ts";
import { KUBECONFIG_COMMANDS, KUBECONFIG_PARENT } from "./dispatch/kubeconfig.ts";
import { RESET_COMMANDS } from "./dispatch/reset.ts";
import { STATUS_COMMANDS } from "./dispatch/status.ts";
import { TOKEN_COMMANDS, TOKEN_PARENT } from "./dispatch/token.ts";
import { VERSION_COMMANDS } from "./dispatch/version.ts";

/** All commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  ...INIT_COMMANDS,
  ...JOIN_COMMANDS,
  ...STATUS_COMMANDS,
  ...RESET_COMMANDS,
  ...TOKEN_COMMANDS,
  ...CERTS_COMMANDS,
  ...KUBECONFIG_COMMANDS,
  ...CONFIG_COMMANDS,
  ...BUNDLE_COMMANDS,
  ...VERSION_COMMANDS,
  ...COMPLETION_COMMANDS,
];

/** The specification of each command, without its code. */
export const SPECS: readonly CommandSpec[] = COMMANDS.map(({ spec }) => spec);

/** The first words that several commands share. */
export const PARENTS: readonly ParentSpec[] = [
  TOKEN_PARENT,
  CERTS_PARENT,
  KUBECONFIG_PARENT,
  ...CONFIG_PARENTS,
  BUNDLE_PARENT,
];
