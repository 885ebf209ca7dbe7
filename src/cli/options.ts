/**
 * From a parsed command line to what the commands take: flags under kubeadm's names become fields.
 * @module
 */
import { decodeText } from "../config/encoding.ts";
import { InvalidInput } from "../errors.ts";
import type { Assignment, Settings } from "../config/assignments.ts";
import { type CommandSpec, type Flag, flagsOf } from "./flags.ts";
import type { Parsed } from "./parse.ts";

/** The settings that a command's rows make of values, by what each row is called in messages: `--node-name`, `HOST[:PORT]`. */
export function settingsFrom(command: CommandSpec, valueOf: (label: string) => unknown): Settings {
  const rows = [
    ...command.argument ? [command.argument] : [],
    ...flagsOf(command).map((row) => ({ ...row, label: `--${row.name}` })),
  ].flatMap((row: Partial<Flag> & { label: string }) => row.sets ? [{ ...row, sets: row.sets }] : [])
    .sort((a, b) => b.sets.length - a.sets.length);
  const labels = new Map(rows.flatMap(({ label, sets }) => sets.map((path) => [path, label] as const)).reverse());
  const assignments = rows.flatMap(({ label, sets: paths, adds, read }): Assignment[] => {
    const given = valueOf(label);
    const result = given === undefined ? undefined : read ? read(given) : { value: given };
    return result ? [{ value: undefined, ...result, paths, label, ...adds ? { adds } : {} }] : [];
  });
  return { assignments, labels };
}

/**
 * What the command line says of the fields of the configuration.
 * @throws {InvalidInput} when flags say the same as a configuration file (kubeadm's rule), or a secret cannot be read.
 */
export async function settingsOf(parsed: Parsed, source: TextSource): Promise<Settings> {
  const rows = flagsOf(parsed.command);
  const values = new Map<string, unknown>();
  for (const { name } of rows) {
    const inFile = rows.some((other) => other.name === `${name}-file`);
    values.set(`--${name}`, inFile ? await secretOf(parsed, source, name) : parsed.value(name));
  }
  if (parsed.command.argument) values.set(parsed.command.argument.label, argumentsOf(parsed).endpoint);
  checkMixed(rows, parsed.given);
  return settingsFrom(parsed.command, (label) => values.get(label));
}

function checkMixed(rows: readonly Flag[], given: readonly string[]): void {
  if (!given.includes("config")) return;
  const problems = rows.filter(({ name, sets, besideConfig }) => sets && !besideConfig && given.includes(name))
    .map(({ name }) => ({
      where: `--${name}`,
      what: "cannot be given together with --config; write it into the file",
    }));
  if (problems.length > 0) throw new InvalidInput("Cannot mix --config with flags that it has fields for:", problems);
}

/**
 * The arguments of `init phase`, `join phase` and `join`: the words of a phase's path, and HOST:PORT. Phases have neither
 * dots nor colons in their names, so that beside a phase a host without a port needs a dot.
 */
export function argumentsOf({ command, args }: Parsed): { phase?: readonly string[]; endpoint: string | undefined } {
  if (!command.name.endsWith(" phase")) return { endpoint: args[0] };
  const isEndpoint = (word: string) => /[.:]/.test(word);
  return { phase: args.filter((word) => !isEndpoint(word)), endpoint: args.find(isEndpoint) };
}

/** Where an administrator's kubeconfig is, unless a flag says otherwise. */
export function kubeconfigOf(parsed: Parsed): string {
  return parsed.text("kubeconfig") ?? "/etc/kubernetes/admin.conf";
}

/** Reads what a flag names: a file, or standard input for `-`. */
export interface TextSource {
  stdin(): Promise<Uint8Array>;
  read(path: string): Promise<Uint8Array | undefined>;
}

/**
 * The text of the file that a flag names; undefined when the flag is absent.
 * @throws {InvalidInput} when there is no such file, it cannot be read, or it is not text.
 */
export async function textOf(parsed: Parsed, flag: string, source: TextSource): Promise<string | undefined> {
  const path = parsed.text(flag);
  if (path === undefined) return undefined;
  const refuse = (what: string, cause?: unknown) =>
    new InvalidInput(`Cannot read what --${flag} names:`, [{ where: `--${flag}`, what }], { cause });
  let bytes: Uint8Array | undefined;
  try {
    bytes = path === "-" ? await source.stdin() : await source.read(path);
  } catch (error) {
    throw refuse(`"${path}" cannot be read`, error);
  }
  if (bytes === undefined) throw refuse(`there is no file "${path}"`);
  const text = decodeText(bytes);
  if (text === undefined) throw refuse(`"${path}" is not text: it must be UTF-8, or UTF-16 with a byte order mark`);
  return text;
}

/** The file that a flag names which has to be given. @throws {InvalidInput} when it is absent, or as {@linkcode textOf}. */
export async function requiredText(
  parsed: Parsed,
  flag: string,
  source: TextSource,
): Promise<{ text: string; name: string }> {
  const text = await textOf(parsed, flag, source);
  if (text !== undefined) return { text, name: nameOf(parsed, flag)! };
  throw new InvalidInput(`Cannot run "${parsed.command.name}":`, [{ where: `--${flag}`, what: "is required" }]);
}

/** What to call what a flag names in messages: its path. */
export function nameOf(parsed: Parsed, flag: string): string | undefined {
  const path = parsed.text(flag);
  return path === "-" ? "standard input" : path;
}

/** What a flag holds that others should not see (`--token`): it may be given as a file, too (`--token-file`), but not as both. */
async function secretOf(parsed: Parsed, source: TextSource, flag: string): Promise<string | undefined> {
  const refuse = (problem: string) =>
    new InvalidInput(`Cannot tell the ${flag.replaceAll("-", " ")}:`, [{ where: `--${flag}-file`, what: problem }]);
  const given = parsed.text(flag);
  if (given !== undefined && parsed.text(`${flag}-file`) !== undefined) {
    throw refuse(`goes not together with --${flag}`);
  }
  const read = (await textOf(parsed, `${flag}-file`, source))?.trim();
  if (read === "") throw refuse(`${nameOf(parsed, `${flag}-file`)} is empty`);
  return given ?? read;
}

/** The token, from the flag or from a file or standard input; never from both. */
export async function tokenOf(parsed: Parsed, source: TextSource): Promise<string | undefined> {
  return await secretOf(parsed, source, "token");
}

/** The certificate key, likewise. */
export async function certificateKeyOf(parsed: Parsed, source: TextSource): Promise<string | undefined> {
  return await secretOf(parsed, source, "certificate-key");
}
