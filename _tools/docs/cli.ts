/**
 * The CLI reference, from the table of commands.
 * @module
 */
import { COMMON_FLAGS, type Flag, flagsOf, GROUPS, isCommon } from "../../src/cli/flags.ts";
import { OUTPUTS, PROGRAM } from "../../src/cli/program.ts";
import { COMMANDS } from "../../src/dispatch.ts";
import type { Command } from "../../src/dispatch/command.ts";
import { anchorOf } from "./markdown.ts";
import { schemaOf } from "./output.ts";
import { code, head, parts, prose, table } from "./tables.ts";

/** `-o`, `--output text|json|yaml`. */
function written({ name, short, value }: Flag): string {
  return [...short ? [code(`-${short}`)] : [], code(`--${name}${value ? ` ${value}` : ""}`)].join(", ");
}

/** The text as a sentence. */
const sentence = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}.`;

/** A value in a table: as code, unless it is a description. */
const value = (text = "") => text.includes(" ") ? prose(text) : text && code(text);

/** The flags as a table, with the fields of the configuration that they set. */
function flagTable(flags: readonly Flag[]): string {
  const rows = flags.map((flag) => {
    const example = flag.example === undefined ? "" : ` Example: ${code(flag.example)}.`;
    const fields = (flag.sets ?? []).map(code).join(", ");
    return [written(flag), `${prose(sentence(flag.help))}${example}`, value(flag.default), fields];
  });
  const columns = ["flag", "description", "default", "configuration field"];
  const count = rows.some((row) => row[3] !== "") ? 4 : 3;
  return table(columns.slice(0, count), rows.map((row) => row.slice(0, count)));
}

/** Commands whose examples need neither a cluster nor a file: tests run them. */
const RUN_BY_TESTS = /^(config print .*|config images list|certs certificate-key|token generate|version)$/;

async function section({ spec, phases }: Command): Promise<string> {
  const { name, summary, description, args, output, examples } = spec;
  const rows = (await phases?.() ?? []).map(({ path, summary }) => [code(path), prose(summary)]);
  return parts(
    `### ${PROGRAM.name} ${name}`,
    prose(sentence(summary)),
    ...description.map(prose),
    `\`\`\`text\n${[PROGRAM.name, name, args, "[flags]"].filter(Boolean).join(" ")}\n\`\`\``,
    `\`\`\`sh${RUN_BY_TESTS.test(name) ? " run" : ""}\n${examples.join("\n")}\n\`\`\``,
    flagTable(flagsOf(spec).filter((flag) => !isCommon(flag))),
    name.endsWith(" phase")
      ? `Phases: those of [\`${PROGRAM.name} ${name.split(" ")[0]}\`](#${
        anchorOf(`kubewright ${name.split(" ")[0]}`)
      }).`
      : rows.length === 0
      ? ""
      : `Phases, in order of work:\n\n${table(["phase", "what it does"], rows)}`,
    `Output with \`--output json|yaml\`: ${prose(OUTPUTS[output])} ` +
      `([\`${schemaOf(name)}\`](output.md#${anchorOf(`kubewright ${name}`)})).`,
  );
}

/** The page. */
export async function cliReference(): Promise<string> {
  const groups = await Promise.all(GROUPS.map(async (group) => {
    const commands = COMMANDS.filter(({ spec }) => spec.group === group);
    return [`## ${sentence(group).slice(0, -1)} commands`, ...await Promise.all(commands.map(section))];
  }));
  return parts(
    head("CLI reference", "`src/dispatch/`"),
    `\`${PROGRAM.name} <command> --help\` prints the same. Flags may stand before or after the command; \`--flag value\` ` +
      "and `--flag=value` mean the same. A flag that sets a configuration field is mutually exclusive with `--config`, " +
      "unless it is meant to differ from host to host. Exit codes and the output for programs: see the " +
      "[output reference](output.md).",
    table(
      ["command", "what it does"],
      GROUPS.flatMap((group) => COMMANDS.filter(({ spec }) => spec.group === group)).map((
        { spec: { name, summary } },
      ) => [
        `[\`${PROGRAM.name} ${name}\`](#${anchorOf(`kubewright ${name}`)})`,
        prose(summary),
      ]),
    ),
    "## Flags of every command",
    flagTable(COMMON_FLAGS),
    ...groups.flat(),
  );
}
