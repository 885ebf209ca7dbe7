/** The receipt as commands read it: what this program made on this host (kept by the host adapter). @module */
import { isMapping } from "../config/yaml.ts";
import { UserError } from "../errors.ts";
import { writableByOthers } from "../file_trust.ts";
import type { Host } from "../system.ts";

/** JSON lines, one for each path that this program made on this host. */
export const RECEIPT_PATH = "/var/lib/kubewright/receipt.jsonl";

/** One line: made where nothing was, or changed while it was somebody else's. */
export interface ReceiptEntry {
  kind: "file" | "directory" | "overwrote";
  path: string;
}

/** Whether a path can be one that this program wrote down: absolute, and not all there is. */
function isUsablePath(path: string): boolean {
  return path.startsWith("/") && !path.includes("\0") && /[^/]/.test(path);
}

/** Whether it is the first line, which says what the file is. */
function isHeader(value: unknown): boolean {
  return isMapping(value) && value.kind === "receipt" && value.version === 1;
}

/**
 * Reads the receipt in the order of its lines; one that a crash cut off is passed over. Only root may read it.
 * @throws {UserError} when another user could have written it: `reset` removes what is in it.
 * @param damaged is told how many whole lines say nothing that can be used, where there are some.
 */
export async function readReceiptEntries(host: Host, damaged?: (lines: number) => void): Promise<ReceiptEntry[]> {
  if (host.uid() !== 0) return []; // the preflight checks say that it takes root
  const there = await host.stat(RECEIPT_PATH);
  const why = there && writableByOthers(there, host.uid());
  if (why !== undefined) {
    throw new UserError(`Cannot use the receipt "${RECEIPT_PATH}": ${why}`, {
      hint: `Look at what it holds: reset removes what is in it. If it is right: chown root:root ${RECEIPT_PATH} && ` +
        `chmod 0600 ${RECEIPT_PATH}, and rerun the command.`,
    });
  }
  const lines = (await host.readText(RECEIPT_PATH) ?? "").split("\n");
  const torn = lines.pop();
  let unusable = 0;
  const entries = lines.filter(Boolean).flatMap((line) => {
    const value = parsed(line);
    const entry = entryIn(value);
    if (entry === undefined && !isHeader(value)) unusable++;
    return entry ?? [];
  });
  // The last line has no end: cut off, or whole but for that. A receipt of nothing else is not one that a crash left.
  const last = entryIn(parsed(torn ?? ""));
  if (torn && last === undefined && lines.length === 0) unusable++;
  if (unusable > 0) damaged?.(unusable);
  return last === undefined ? entries : [...entries, last];
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function entryIn(value: unknown): ReceiptEntry | undefined {
  if (!isMapping(value)) return undefined;
  const { kind, path } = value;
  const known = kind === "file" || kind === "directory" || kind === "overwrote";
  return known && typeof path === "string" && isUsablePath(path) ? { kind, path } : undefined;
}
