/**
 * From a parsed command line to what the commands take: flags under kubeadm's names become fields.
 * @module
 */
import { decodeText } from "../config/encoding.ts";
import { exclusive } from "../config/wording.ts";
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
 * The fields of the configuration that the command line sets.
 * @throws {InvalidInput} when flags are combined with a configuration file (kubeadm's rule), or a secret cannot be read.
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
    .map(({ name, sets }) => ({
      where: `--${name}`,
      what: `cannot be combined with --config; set ${sets!.join(" and ")} in the file`,
    }));
  if (problems.length > 0) throw new InvalidInput("Cannot combine --config with flags that set its fields:", problems);
}

/**
 * The arguments of `init phase`, `join phase` and `join`: the words of a phase's path, and HOST:PORT. Phases have neither
 * dots nor colons in their names, so a host without a port must contain a dot when it follows a phase.
 */
export function argumentsOf({ command, args }: Parsed): { phase?: readonly string[]; endpoint: string | undefined } {
  if (!command.name.endsWith(" phase")) return { endpoint: args[0] };
  const isEndpoint = (word: string) => /[.:]/.test(word);
  return { phase: args.filter((word) => !isEndpoint(word)), endpoint: args.find(isEndpoint) };
}

/** The path of an administrator's kubeconfig: the flag's, or the default. */
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
  const refuse = (what: string, cause?: unknown) => unreadable(parsed, flag, what, cause);
  let bytes: Uint8Array | undefined;
  try {
    bytes = path === "-" ? await source.stdin() : await source.read(path);
  } catch (error) {
    throw refuse("the read failed", error);
  }
  if (bytes === undefined) throw refuse("no such file");
  const text = decodeText(bytes);
  if (text === undefined) throw refuse("it is not text in UTF-8, or in UTF-16 with a byte order mark");
  return text;
}

/** `Cannot read --config "/nope": no such file`. */
function unreadable(parsed: Parsed, flag: string, what: string, cause?: unknown): InvalidInput {
  const path = parsed.text(flag);
  const name = path === "-" ? "from standard input" : `"${path}"`;
  const problems = [{ where: `--${flag}`, what }];
  return new InvalidInput(`Cannot read --${flag} ${name}: ${what}`, problems, { cause, complete: true });
}

/** The file of a required flag. @throws {InvalidInput} when it is absent, or as {@linkcode textOf}. */
export async function requiredText(
  parsed: Parsed,
  flag: string,
  source: TextSource,
): Promise<{ text: string; name: string }> {
  const text = await textOf(parsed, flag, source);
  if (text !== undefined) return { text, name: nameOf(parsed, flag)! };
  const problems = [{ where: `--${flag}`, what: "is required" }];
  throw new InvalidInput(`"${parsed.command.name}" requires --${flag}`, problems, { complete: true });
}

/** The name in messages of the file that a flag names: its path. */
export function nameOf(parsed: Parsed, flag: string): string | undefined {
  const path = parsed.text(flag);
  return path === "-" ? "standard input" : path;
}

/** The value of a secret flag (`--token`), or the content of its file (`--token-file`); they are mutually exclusive. */
async function secretOf(parsed: Parsed, source: TextSource, flag: string): Promise<string | undefined> {
  const given = parsed.text(flag);
  if (given !== undefined && parsed.text(`${flag}-file`) !== undefined) {
    const what = exclusive(`--${flag}`, `--${flag}-file`);
    throw new InvalidInput(what, [{ where: `--${flag}-file`, what }], { complete: true });
  }
  const read = (await textOf(parsed, `${flag}-file`, source))?.trim();
  if (read === "") throw unreadable(parsed, `${flag}-file`, "it is empty");
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
