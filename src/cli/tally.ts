import type { Change } from "../system.ts";

/** The words for one change of a kind, and for several. */
const WORDS = {
  write: ["file written", "files written"],
  directory: ["directory created", "directories created"],
  remove: ["path removed", "paths removed"],
  run: ["command run", "commands run"],
  apply: ["object applied", "objects applied"],
  patch: ["object patched", "objects patched"],
  delete: ["object deleted", "objects deleted"],
  pull: ["image pulled", "images pulled"],
  import: ["image imported", "images imported"],
  stop: ["container or pod stopped", "containers or pods stopped"],
  container: ["container or pod removed", "containers or pods removed"],
  image: ["image removed", "images removed"],
  member: ["etcd member removed", "etcd members removed"],
} as const;

type Word = keyof typeof WORDS;

function wordOf(change: Change): Word | undefined {
  if (change.kind === "wait") return undefined;
  if (change.kind !== "delete" || "reference" in change) return change.kind;
  return change.what === "image" ? "image" : change.what === "etcd member" ? "member" : "container";
}

/** Counts changes, so that no message has to assume what a command did. Waits change nothing. */
export class Tally {
  readonly #counts = new Map<Word, number>();

  add(change: Change): void {
    const word = wordOf(change);
    if (word !== undefined) this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** `6 files written, 1 command run`, in the order in which they first happened. */
  get list(): string {
    return [...this.#counts].map(([word, count]) => `${count} ${WORDS[word][count === 1 ? 0 : 1]}`).join(", ");
  }

  /** `No changes were made.`, or `7 changes were made: 6 files written, 1 command run.` */
  get sentence(): string {
    const { total } = this;
    if (total === 0) return "No changes were made.";
    return `${total} ${total === 1 ? "change was" : "changes were"} made: ${this.list}.`;
  }

  /** The same as fields, for JSON and YAML. */
  get record(): Record<string, unknown> {
    const byKind: Record<string, number> = {};
    for (const [word, count] of this.#counts) {
      const kind = word === "image" || word === "member" || word === "container" ? "delete" : word;
      byKind[kind] = (byKind[kind] ?? 0) + count;
    }
    return { total: this.total, byKind, summary: this.sentence };
  }
}

/** What a dry run prints at its end. @param planned what it recorded. */
export function dryRunText(planned: Tally): string {
  const { total, list } = planned;
  const would = total === 0 ? "no changes" : `${total} ${total === 1 ? "change" : "changes"}: ${list}`;
  return `No changes were made: this was a dry run. A real run would make ${would}.`;
}
