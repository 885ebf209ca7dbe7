import { EXIT, EXIT_MEANINGS } from "../errors.ts";
import { type CommandSpec, type Flag, flagsOf } from "./flags.ts";

/** Two columns, the first as wide as its widest entry. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd()).join("\n");
}

function flagRow(flag: Flag): [string, string] {
  return [`${flag.short ? `-${flag.short}, ` : ""}--${flag.name}${flag.value ? ` ${flag.value}` : ""}`, flag.help];
}

/** The text of `kubewright --help`. */
export function programHelp(commands: readonly CommandSpec[]): string {
  return `kubewright turns bare Linux hosts into a Kubernetes cluster.

Usage: kubewright <command> [flags]

Commands:
${columns(commands.map((command) => [command.name, command.summary]))}

kubewright <command> --help tells more.`;
}

/** The text of `kubewright <group> --help` (`token`, `config print`); undefined when no command's name begins so. */
export function groupHelp(commands: readonly CommandSpec[], group: string): string | undefined {
  if (commands.some(({ name }) => name === group)) return undefined;
  const members = commands.filter(({ name }) => name.startsWith(`${group} `));
  if (members.length === 0) return undefined;
  return `Commands of "${group}":
${columns(members.map((command) => [command.name, command.summary]))}

kubewright <command> --help tells more.`;
}

/** What --output json and yaml print of a command, and where that is described. */
function outputHelp({ name, output }: CommandSpec): string {
  const schema = name.endsWith(" phase") ? "phase" : name.replaceAll(" ", "-");
  return output === "events"
    ? `Output as json or yaml: events, one a line or document, the result or the error last
  (schemas/event.json, schemas/error.json; fields of the result: schemas/${schema}.json).`
    : `Output as json or yaml: the answer (schemas/${schema}.json); an error is an event on standard error.`;
}

/** How the program may end. */
function exitHelp({ name }: CommandSpec): string {
  const codes = Object.entries(EXIT_MEANINGS).filter(([code]) => name === "status" || Number(code) !== EXIT.unhealthy);
  return `Exit codes:\n${columns(codes)}`;
}

/** The text of `kubewright <command> --help`; `phases` are the paths that --skip-phases takes. */
export function commandHelp(command: CommandSpec, phases: readonly string[]): string {
  const parts = [
    `${command.name}: ${command.summary}`,
    `Usage: kubewright ${[command.name, command.operands, "[flags]"].filter(Boolean).join(" ")}`,
    `Flags:\n${columns(flagsOf(command).map(flagRow))}`,
  ];
  if (phases.length > 0) parts.push(`Phases, in order of work:\n${phases.map((path) => `  ${path}`).join("\n")}`);
  parts.push(outputHelp(command), exitHelp(command));
  parts.push(`Examples:\n${command.examples.map((example) => `  ${example}`).join("\n")}`);
  return parts.join("\n\n");
}
