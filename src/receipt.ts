/**
 * The receipt's format, for its writer (the host adapter) and its readers: JSON lines, one for each file, directory, unit or
 * setting that this program created or changed on this host, with what undo requires. Any layer may import this.
 *
 * A first line names the version. Version 1 had `file`, `directory`, and `overwrote`, a file that existed before and whose
 * content is lost. A receipt of version 1 continues in version 2 after a second such line.
 * @module
 */
import { UserError } from "./errors.ts";
import { octal, whyUntaken } from "./file_trust.ts";
import type { Host } from "./system.ts";

/** Where the receipt is. */
export const RECEIPT_PATH = "/var/lib/kubewright/receipt.jsonl";

/** The version that is written. */
export const RECEIPT_VERSION = 2;

/** A file that was replaced. `copy` names its content, in {@linkcode replacedDirectory}; absent: it was not kept. */
export interface Replaced {
  copy?: string;
  /** Mode and owner that it had; absent in older receipts: those of the copy. */
  was?: { mode: number; uid: number; gid: number };
}

/** A path that was created. */
export type MadePath =
  /** `replaced`: it existed before, and was not ours. */
  | { kind: "file"; path: string; replaced?: Replaced }
  | { kind: "directory"; path: string }
  /** A symbolic link. `target`: absolute. */
  | { kind: "link"; path: string; target: string };

/** What was created or changed, the first time. */
export type Made =
  | MadePath
  /** A unit of systemd that was enabled: `kubelet.service`. */
  | { kind: "unit"; name: string }
  /** A kernel module that was loaded. */
  | { kind: "kernel-module"; name: string }
  /** A kernel setting that was `before`: `net.ipv4.ip_forward`. */
  | { kind: "sysctl"; name: string; before: string }
  /** An image that was pulled. */
  | { kind: "image"; name: string };

/** One line. `at`: RFC 3339, UTC; absent in receipts of version 1. */
export type ReceiptEntry = Made & { at?: string };

/** The content of a receipt. */
export interface Receipt {
  /** In the order of its lines. */
  entries: ReceiptEntry[];
  /** The version of its last lines; undefined: they name none, or a newer one. */
  version: number | undefined;
  /** Number of complete lines that are unreadable. */
  unusable: number;
}

/** The directory with replaced content that was not ours, named as in the entry. */
export function replacedDirectory(receipt = RECEIPT_PATH): string {
  return `${receipt.slice(0, receipt.lastIndexOf("/"))}/replaced`;
}

/** The name of the copy of a path: its SHA-256, because a path may be longer than a file name. */
export async function copyNameOf(path: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(path)));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The line that names the version, without a line end. */
export function receiptHeader(): string {
  return JSON.stringify({ kind: "receipt", version: RECEIPT_VERSION });
}

/** The line of an entry, without a line end. */
export function receiptLine(made: Made, at: Date): string {
  const replaced = made.kind === "file" && made.replaced ? { replaced: replacedLine(made.replaced) } : {};
  return JSON.stringify({ ...made, ...replaced, at: at.toISOString() });
}

function replacedLine({ copy, was }: Replaced): Record<string, unknown> {
  return { ...copy && { copy }, ...was && { mode: octal(was.mode), uid: was.uid, gid: was.gid } };
}

/** The subject of an entry: each subject has one entry. */
export function subjectOf(made: Made): string {
  return "path" in made ? made.path : `${made.kind} ${made.name}`;
}

/** Whether the path did not exist before: it is ours, and `reset` removes it. */
export function isNew(made: Made): made is MadePath {
  return "path" in made && !(made.kind === "file" && made.replaced);
}

/** Reads the text of a receipt. A crash may have cut off its last line, whose change had then not happened. */
export function parseReceipt(text: string): Receipt {
  const lines = text.split("\n");
  const torn = lines.pop();
  const receipt: Receipt = { entries: [], version: undefined, unusable: 0 };
  let known = true; // lines before the first version line are of version 1
  for (const value of lines.filter(Boolean).map(parsed)) {
    if (isMapping(value) && value["kind"] === "receipt") {
      known = value["version"] === 1 || value["version"] === RECEIPT_VERSION;
      receipt.version = known ? value["version"] as number : undefined;
      if (!known) receipt.unusable++;
      continue;
    }
    const entry = known ? entryIn(value, receipt.version ?? 1) : undefined;
    if (entry === undefined) receipt.unusable++;
    else receipt.entries.push(entry);
  }
  // The last line has no end: it is cut off or only lacks the end. A crash does not leave a receipt of such a line alone.
  const last = known ? entryIn(parsed(torn ?? ""), receipt.version ?? 1) : undefined;
  if (last !== undefined) receipt.entries.push(last);
  else if (torn && lines.length === 0) receipt.unusable++;
  return receipt;
}

/**
 * Reads the receipt; a missing one is empty.
 * @throws {UserError} when another user could have written or replaced it: `reset` removes the paths in it.
 */
export async function readReceipt(host: Host, path = RECEIPT_PATH): Promise<Receipt> {
  const untaken = await whyUntaken(host, path);
  if (untaken !== undefined) {
    const { why, fix } = untaken;
    throw new UserError(`Cannot use the receipt "${path}": ${why}`, {
      hint:
        `Check its entries: reset removes everything that they list. If they are correct: ${fix}, and rerun the command.`,
    });
  }
  return parseReceipt(await host.readText(path) ?? "");
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function entryIn(value: unknown, version: number): ReceiptEntry | undefined {
  const made = isMapping(value) ? (version === 1 ? madeInFirst(value) : madeIn(value)) : undefined;
  const at = isMapping(value) && typeof value["at"] === "string" ? { at: value["at"] } : {};
  return made && { ...made, ...at };
}

function madeInFirst({ kind, path }: Record<string, unknown>): Made | undefined {
  if (!isUsablePath(path)) return undefined;
  if (kind === "overwrote") return { kind: "file", path, replaced: {} };
  return kind === "file" || kind === "directory" ? { kind, path } : undefined;
}

function madeIn({ kind, path, name, target, before, replaced }: Record<string, unknown>): Made | undefined {
  switch (kind) {
    case "file": {
      if (!isUsablePath(path)) return undefined;
      if (replaced === undefined) return { kind, path };
      const read = isMapping(replaced) ? replacedIn(replaced) : undefined;
      return read && { kind, path, replaced: read };
    }
    case "directory":
      return isUsablePath(path) ? { kind, path } : undefined;
    case "link":
      return isUsablePath(path) && isUsablePath(target) ? { kind, path, target } : undefined;
    case "sysctl":
      return isWord(name) && typeof before === "string" ? { kind, name, before } : undefined;
    case "unit":
    case "kernel-module":
    case "image":
      return isWord(name) ? { kind, name } : undefined;
  }
  return undefined;
}

function replacedIn({ copy, mode, uid, gid }: Record<string, unknown>): Replaced | undefined {
  if (copy === undefined) return {};
  if (typeof copy !== "string" || !/^[0-9a-f]{64}$/.test(copy)) return undefined;
  if (mode === undefined && uid === undefined && gid === undefined) return { copy };
  if (typeof mode !== "string" || !/^[0-7]{4}$/.test(mode) || !isId(uid) || !isId(gid)) return undefined;
  return { copy, was: { mode: parseInt(mode, 8), uid, gid } };
}

/** Whether it is the ID of a user or group. */
function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32 - 1;
}

/** Whether this program could have noted the path: absolute, and not the root. */
function isUsablePath(path: unknown): path is string {
  return typeof path === "string" && path.startsWith("/") && !path.includes("\0") && /[^/]/.test(path);
}

/** Whether it can be passed to a program as one argument that is not a flag. */
function isWord(text: unknown): text is string {
  return typeof text === "string" && /^[^-\s\0][^\s\0]*$/.test(text);
}
