/** The receipt as commands read it: what this program made on this host (kept by the host adapter). @module */
import type { Host } from "../system.ts";

/** JSON lines, one for each path that this program made on this host. */
export const RECEIPT_PATH = "/var/lib/kubewright/receipt.jsonl";

/** One line: made where nothing was, or changed while it was somebody else's. */
export interface ReceiptEntry {
  kind: "file" | "directory" | "overwrote";
  path: string;
}

/** Reads the receipt in the order of its lines; one that a crash cut off is passed over. Only root may read it. */
export async function readReceiptEntries(host: Host): Promise<ReceiptEntry[]> {
  if (host.uid() !== 0) return []; // the preflight checks say that it takes root
  const lines = (await host.readText(RECEIPT_PATH) ?? "").split("\n").filter(Boolean);
  return lines.flatMap((line) => {
    try {
      const { kind, path } = JSON.parse(line) as Record<string, unknown>;
      const known = kind === "file" || kind === "directory" || kind === "overwrote";
      return known && typeof path === "string" ? [{ kind, path }] : [];
    } catch {
      return [];
    }
  });
}
