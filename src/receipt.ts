/**
 * The receipt's format, for who writes it (the host adapter) and who reads it: JSON lines, one for each thing that this
 * program made or changed on this host, with what undo needs. Open to every room.
 *
 * A first line names the version. Version 1 knew `file`, `directory`, and `overwrote`, a file that was there before and
 * whose content is lost. A receipt of version 1 goes on in version 2 after a second such line.
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
  /** Mode and owner that it had; absent where an older receipt does not tell: those of the copy. */
  was?: { mode: number; uid: number; gid: number };
}

/** A path that was made. */
export type MadePath =
  /** `replaced`: it was there before, and not ours. */
  | { kind: "file"; path: string; replaced?: Replaced }
  | { kind: "directory"; path: string }
  /** A symbolic link. `target`: where it leads, absolute. */
  | { kind: "link"; path: string; target: string };

/** What was made or changed, the first time. */
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

/** One line. `at`: RFC 3339, UTC; absent where a receipt of version 1 does not tell. */
export type ReceiptEntry = Made & { at?: string };

/** What a receipt says. */
export interface Receipt {
  /** In the order of its lines. */
  entries: ReceiptEntry[];
  /** That of its last lines; undefined: they name none, or one to come. */
  version: number | undefined;
  /** Whole lines that say nothing that can be used. */
  unusable: number;
}

/** Where content lies that was replaced and was not ours, named as in the entry. */
export function replacedDirectory(receipt = RECEIPT_PATH): string {
  return `${receipt.slice(0, receipt.lastIndexOf("/"))}/replaced`;
}

/** The name of what was at the path before: it may be longer than a name may be, so its SHA-256. */
export async function copyNameOf(path: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(path)));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The line that names the version, without its end. */
export function receiptHeader(): string {
  return JSON.stringify({ kind: "receipt", version: RECEIPT_VERSION });
}

/** The line of an entry, without its end. */
export function receiptLine(made: Made, at: Date): string {
  const replaced = made.kind === "file" && made.replaced ? { replaced: replacedLine(made.replaced) } : {};
  return JSON.stringify({ ...made, ...replaced, at: at.toISOString() });
}

function replacedLine({ copy, was }: Replaced): Record<string, unknown> {
  return { ...copy && { copy }, ...was && { mode: octal(was.mode), uid: was.uid, gid: was.gid } };
}

/** What an entry is of: one thing has one entry. */
export function subjectOf(made: Made): string {
  return "path" in made ? made.path : `${made.kind} ${made.name}`;
}

/** Whether there was nothing before at the path: it is ours, and goes when the node does. */
export function isNew(made: Made): made is MadePath {
  return "path" in made && !(made.kind === "file" && made.replaced);
}

/** Reads the text of a receipt. Its last line may have been cut off by a crash; what it was to tell of had not happened. */
export function parseReceipt(text: string): Receipt {
  const lines = text.split("\n");
  const torn = lines.pop();
  const receipt: Receipt = { entries: [], version: undefined, unusable: 0 };
  let known = true; // what comes before a version is named is of the first
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
  // The last line has no end: cut off, or whole but for that. A receipt of nothing else is not one that a crash left.
  const last = known ? entryIn(parsed(torn ?? ""), receipt.version ?? 1) : undefined;
  if (last !== undefined) receipt.entries.push(last);
  else if (torn && lines.length === 0) receipt.unusable++;
  return receipt;
}

/**
 * Reads the receipt; one that is not there says nothing.
 * @throws {UserError} when another user could have written it, or put it there: `reset` removes what is in it.
 */
export async function readReceipt(host: Host, path = RECEIPT_PATH): Promise<Receipt> {
  const untaken = await whyUntaken(host, path);
  if (untaken !== undefined) {
    const { why, fix } = untaken;
    throw new UserError(`Cannot use the receipt "${path}": ${why}`, {
      hint: `Look at what it holds: reset removes what is in it. If it is right: ${fix}, and rerun the command.`,
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

/** Whether it is the number of a user or group. */
function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32 - 1;
}

/** Whether a path can be one that this program wrote down: absolute, and not all there is. */
function isUsablePath(path: unknown): path is string {
  return typeof path === "string" && path.startsWith("/") && !path.includes("\0") && /[^/]/.test(path);
}

/** Whether it can be given to a program as one argument that is no flag. */
function isWord(text: unknown): text is string {
  return typeof text === "string" && /^[^-\s\0][^\s\0]*$/.test(text);
}
