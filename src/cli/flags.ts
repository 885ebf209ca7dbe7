/**
 * What a command and its flags are. Parsing, help, completion and the CLI reference read these rows, which are in
 * `dispatch/`; nothing that a reader needs is anywhere else.
 * @module
 */
/** One flag. `name` is without dashes. */
export interface Flag {
  name: string;
  type: "text" | "switch" | "list" | "number" | "duration";
  /** The placeholder of the value: `<cidr>`, or its choices: `text|json|yaml`. */
  value?: string;
  /** What it is, with the unit where the value has one. No full stop; the default and the example have their own fields. */
  help: string;
  /** The value when the flag is absent, or where that comes from: `the host name`. */
  default?: string;
  /** A value, where the form is not obvious. */
  example?: string;
  /** Its one letter name: `o`. */
  short?: string;
  /** An empty value is refused, where it would quietly mean something else. */
  needed?: true;
  /** Its value is a path, which is made absolute when the command line is read. */
  path?: true;
  /** A number without prefix: `010` is ten. */
  decimal?: true;
  /**
   * The fields of the configuration that it sets, `InitConfiguration.nodeRegistration.name`. A flag that sets several has
   * lower priority than flags that set one of them.
   */
  sets?: readonly string[];
  /** Its values are added to those of the configuration file, instead of replacing them. */
  adds?: true;
  /** Converts its value to that of the fields, or reports a problem; undefined: nothing is set. */
  read?(value: unknown): { value: unknown } | { problem: string } | undefined;
  /** It can be combined with `--config` although it sets a field, because it differs from run to run. */
  besideConfig?: true;
  /** It is accepted for kubeadm compatibility and changes nothing. */
  ignored?: true;
  /** It is kubeadm's and not supported here: the reason. */
  refused?: string;
}

/** The headings that help and the CLI reference list commands under, in order. */
export const GROUPS = ["cluster", "node", "certificates", "tokens", "configuration", "other"] as const;

/** The first words of several commands, which run nothing alone: `token`, `config print`. */
export interface ParentSpec {
  name: string;
  group: typeof GROUPS[number];
  /** One line that starts with a verb in the base form. */
  summary: string;
}

/** One command. */
export interface CommandSpec {
  name: string;
  group: typeof GROUPS[number];
  /** One line that starts with a verb in the base form. */
  summary: string;
  /** What a reader has to know before the first run, in sentences; one paragraph an entry. */
  description: readonly string[];
  /** The arguments after the name in the usage line. */
  args: string;
  /** Words that are arguments, for completion, where `args` does not name them all. */
  choices?: readonly string[];
  /** The field that an argument sets, and what it is called in messages: `HOST[:PORT]`. */
  argument?: { label: string; sets: readonly string[] };
  /** How many arguments it takes at most. */
  maxArgs: number;
  /** It changes this host: only one such command runs at a time, except for dry runs. */
  changesHost?: true;
  /** What `--output json|yaml` prints. */
  output: OutputKind;
  /** Its own flags; one of a common flag's name takes that one's place. */
  flags: readonly Flag[];
  examples: readonly string[];
}

/**
 * `events`: commands that take their time and change things (init, join, reset, certs renew) report what happens as it
 * happens, one event each, the result or the error last, all on standard output. `document`: commands that answer
 * (version, token list, config print) print their answer and nothing else on standard output, in kubeadm's shape where
 * it has one; warnings, notes and the error go to standard error as events.
 */
export type OutputKind = "events" | "document";

/** A phase as help lists it: its path, `certs/apiserver`, and what it does. */
export interface PhaseRow {
  path: string;
  summary: string;
}

type Value = Pick<Flag, "default" | "example">;

/** A flag with one value. */
export const text = (name: string, value: string, help: string, more: Value = {}): Flag => ({
  ...{ name, type: "text", value, help },
  ...more,
});
/** A flag with the path of a file or directory that is written, or looked for by a path that is kept. */
export const path = (name: string, value: string, help: string, more: Value = {}): Flag => ({
  ...text(name, value, help, more),
  path: true,
});
/** A flag that may be repeated, or hold several values between commas. */
export const list = (name: string, value: string, help: string, more: Value = {}): Flag => ({
  ...text(name, value, help, more),
  type: "list",
});
/** A flag whose value is a whole number. */
export const number = (name: string, value: string, help: string, more: Value = {}): Flag => ({
  ...text(name, value, help, more),
  type: "number",
});
/** A flag whose value is a duration. */
export const duration = (name: string, help: string, more: Value = {}): Flag => ({
  ...text(name, "<duration>", help, more),
  type: "duration",
});
/** A flag without a value. */
export const flag = (name: string, help: string): Flag => ({ name, type: "switch", help });
/** The same flag with a one letter name. */
export const short = (letter: string, long: Flag): Flag => ({ ...long, short: letter });
/** The same flag, setting fields of a configuration. */
export const sets = (row: Flag, ...paths: string[]): Flag => ({ ...row, sets: paths });
/** A flag of kubeadm that changes nothing here. @param why in addition, where that is not obvious. */
export const ignored = (row: Omit<Flag, "help">, why = ""): Flag => ({
  ...{ ...row, help: `accepted for kubeadm compatibility; ignored${why && `: ${why}`}` },
  ignored: true,
});

/** Flags that every command has. */
export const COMMON_FLAGS: readonly Flag[] = [
  short("o", text("output", "text|json|yaml", "output format", { default: "text" })),
  short("q", flag("quiet", "print only errors, warnings and results")),
  flag("verbose", "also print the content of each change, except secrets"),
  short("v", {
    ...number("v", "<level>", "log level; 1 or more is the same as --verbose", { default: "0" }),
    decimal: true,
  }),
  ignored(text("vmodule", "<pattern=n,…>", "")),
  {
    ...text("rootfs", "<dir>", "not supported: run kubewright inside the directory with chroot"),
    refused: "is not supported; copy kubewright into the directory and run it there: chroot <dir> kubewright …",
  },
  short("h", flag("help", "show this help")),
];

/** Whether it is a flag of every command, or one in its place. */
export function isCommon({ name }: Flag): boolean {
  return COMMON_FLAGS.some((flag) => flag.name === name);
}

/** The flags of one command, its own first. */
export function flagsOf(command: CommandSpec): Flag[] {
  const own = command.flags.map(({ name }) => name);
  return [...command.flags, ...COMMON_FLAGS.filter(({ name }) => !own.includes(name))];
}
