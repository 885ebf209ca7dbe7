/**
 * What a command and its flags are: parsing, help and the meaning of a flag come from the rows that `dispatch/` makes of them.
 * @module
 */
import { parseBoolean } from "../config/flag_values.ts";

/** One flag. `name` is without dashes. */
export interface Flag {
  name: string;
  type: "text" | "switch" | "list" | "number" | "duration";
  /** What stands for the value in help: `<cidr>`. */
  value?: string;
  help: string;
  /** Its one letter name: `o`. */
  short?: string;
  /** An empty value is refused, where it would quietly mean something else. */
  needed?: true;
  /** Its value is a path, which is made absolute when the command line is read. */
  path?: true;
  /** A number without prefix: `010` is ten. */
  decimal?: true;
  /** The fields of the configuration that it sets, `InitConfiguration.nodeRegistration.name`; one that sets several gives way to others. */
  sets?: readonly string[];
  /** Its values are added to those that are there, instead of replacing them. */
  adds?: true;
  /** Turns its value into that of the fields, or says why it cannot; undefined: nothing is set. */
  read?(value: unknown): { value: unknown } | { problem: string } | undefined;
  /** It may stand beside `--config`, although it sets a field: it is meant to differ from run to run. */
  besideConfig?: true;
  /** It is kubeadm's, and there is a reason why it is refused here. */
  refused?: string;
}

/** One command. */
export interface CommandSpec {
  name: string;
  /** What stands behind the name in the usage line. */
  operands: string;
  /** Words that are operands, for completion, where `operands` does not name them all. */
  choices?: readonly string[];
  /** The field that an operand sets, and what it is called in messages: `HOST[:PORT]`. */
  operand?: { label: string; sets: readonly string[] };
  /** How many operands it takes at most. */
  maxOperands: number;
  summary: string;
  /** It changes this host: only one such command runs at a time, but for dry runs. */
  changesHost?: true;
  /** What `--output json|yaml` prints. */
  output: OutputKind;
  /** Its own flags; one of a common flag's name takes that one's place. */
  flags: readonly Flag[];
  examples: readonly string[];
}

/**
 * `events`: commands that take their time and change things (init, join, reset, certs renew) tell what happens as it
 * happens, one event each, the result or the error last, all on standard output. `document`: commands that answer
 * (version, token list, config print) print their answer and nothing else on standard output, in kubeadm's shape where
 * it has one; what else there is to tell, the error too, goes to standard error as events.
 */
export type OutputKind = "events" | "document";

/** A flag with one value. */
export const text = (name: string, value: string, help: string): Flag => ({ name, type: "text", value, help });
/** A flag with the path of a file or directory that is written, or looked for by a path that is kept. */
export const path = (name: string, value: string, help: string): Flag => ({ ...text(name, value, help), path: true });
/** A flag that may be repeated, or hold several values between commas. */
export const list = (name: string, value: string, help: string): Flag => ({ name, type: "list", value, help });
/** A flag whose value is a whole number. */
export const number = (name: string, value: string, help: string): Flag => ({ name, type: "number", value, help });
/** A flag whose value is a duration. */
export const duration = (name: string, help: string): Flag => ({ name, type: "duration", value: "<duration>", help });
/** A flag that is there or not. */
export const flag = (name: string, help: string): Flag => ({ name, type: "switch", help });
/** The same flag with a one letter name. */
export const short = (letter: string, long: Flag): Flag => ({ ...long, short: letter });

/** The same flag, setting fields of a configuration. */
export const sets = (row: Flag, ...paths: string[]): Flag => ({ ...row, sets: paths });

/** Flags that every command has. */
export const COMMON_FLAGS: readonly Flag[] = [
  short("o", text("output", "text|json|yaml", "what to print (text)")),
  flag("verbose", "also print what each change writes, unless it is secret"),
  short("v", { ...number("v", "<level>", "kubeadm's name for it: from 1 on as --verbose (0)"), decimal: true }),
  text("vmodule", "<pattern=n,…>", "taken for kubeadm's sake, without effect"),
  {
    ...text("rootfs", "<dir>", "kubeadm's; refused: run the program inside that directory with chroot"),
    refused: "is not supported; put the program into that directory, and run it there: chroot <dir> kubewright …",
  },
  short("h", flag("help", "show this help")),
];

/** The flags of one command, its own first. */
export function flagsOf(command: CommandSpec): Flag[] {
  const own = command.flags.map(({ name }) => name);
  return [...command.flags, ...COMMON_FLAGS.filter(({ name }) => !own.includes(name))];
}

/** What kubeadm's printing commands take besides `--output`; nothing that we print depends on them. */
export const PRINTER_FLAGS: readonly Flag[] = [
  flag("allow-missing-template-keys", "taken for kubeadm's sake, without effect: there are no templates"),
  flag("show-managed-fields", "taken for kubeadm's sake, without effect: what is printed has no managed fields"),
];

/** Reads `A=true,B=false` as kubeadm does: spaces around names and values, and empty parts, do not count. */
export function readFeatureGates(given: unknown): { value: unknown } | { problem: string } {
  const pairs = String(given).split(",").filter(Boolean).map((part) => {
    const at = part.indexOf("=");
    return [part.slice(0, at).trim(), at < 1 ? undefined : parseBoolean(part.slice(at + 1).trim())] as const;
  });
  return pairs.every(([name, value]) => name !== "" && value !== undefined)
    ? { value: Object.fromEntries(pairs) }
    : { problem: `"${given}" is not of the form Name=true,Other=false` };
}

/** `--config`. */
export const CONFIG = text(
  "config",
  "<file>",
  "configuration file (kubeadm.k8s.io/v1beta4 documents), - for standard input",
);
/** `--cri-socket`. */
export const CRI_SOCKET = text(
  "cri-socket",
  "<socket>",
  "container runtime socket; found by itself when only one exists",
);
/** `--node-name`. */
export const NODE_NAME: Flag = {
  ...text("node-name", "<name>", "name of the node; default: the host name"),
  besideConfig: true,
};
/** `--dry-run`. */
export const DRY_RUN: Flag = { ...flag("dry-run", "list every change without making one"), besideConfig: true };
/** `--ignore-preflight-errors`. */
export const IGNORE: Flag = {
  ...list("ignore-preflight-errors", "<checks>", "checks whose errors become warnings, or all"),
  adds: true,
  besideConfig: true,
};
/** `--skip-phases`. */
export const SKIP: Flag = { ...list("skip-phases", "<phases>", "phases to leave out"), besideConfig: true };

/** `--patches`. */
export const PATCHES = text(
  "patches",
  "<dir>",
  "directory of patches: target[suffix][+strategic|merge|json].yaml or .json",
);

/** `--certificate-key`. */
export const CERTIFICATE_KEY = text(
  "certificate-key",
  "<key>",
  "key that certificates are uploaded with. Others see command lines: prefer --certificate-key-file",
);
/** `--certificate-key-file`. */
export const CERTIFICATE_KEY_FILE = text(
  "certificate-key-file",
  "<file>",
  "file that holds the certificate key, - for standard input",
);

/** `--kubeconfig`. */
export const KUBECONFIG = text("kubeconfig", "<file>", "an administrator's kubeconfig (/etc/kubernetes/admin.conf)");
