/** What people write: command lines, flags and configuration files. */
import { LINE_CASES } from "./command_lines.ts";
import { CONFIG_COMMAND_CASES } from "./config_commands.ts";
import { testEach } from "./each.ts";
import { ENDPOINT_CASES } from "./endpoints.ts";
import { TYPE_CASES, VALUE_CASES } from "./fields.ts";
import { PATCH_CASES } from "./patches.ts";
import { RESET_CASES } from "./reset.ts";
import { TOKEN_CASES } from "./tokens.ts";
import { UPGRADE_CASES } from "./upgrade.ts";
import { YAML_CASES } from "./yaml.ts";

testEach([
  TOKEN_CASES,
  ENDPOINT_CASES,
  YAML_CASES,
  TYPE_CASES,
  VALUE_CASES,
  LINE_CASES,
  RESET_CASES,
  UPGRADE_CASES,
  PATCH_CASES,
  CONFIG_COMMAND_CASES,
]);
