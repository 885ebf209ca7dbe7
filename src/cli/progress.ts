import { presentable } from "../text/message.ts";
import { oneLine } from "../text/visible.ts";

/** What a wait says of itself while it goes on. */
export interface WaitEvent {
  what: string;
  /** What is still missing, in words. */
  state: string;
  elapsedMs: number;
  done: boolean;
}

/** Shows what is being waited for: one line that changes in place on a terminal, now and then a line elsewhere. */
export interface Progress {
  wait(event: WaitEvent): void;
  /** Takes the changing line away, before something else is written. */
  clear(): void;
}

/** How long (ms) a wait is silent where output is not a terminal, and no event is sent while its state is the same. */
export const SILENT_MS = 10_000;

/** @param width of the terminal in columns. */
export function terminalProgress(err: (text: string) => void, width = 100): Progress {
  const pending = new Map<string, WaitEvent>();
  let shown = false;
  return {
    wait(event) {
      if (event.done) pending.delete(event.what);
      else pending.set(event.what, event);
      const oldest = [...pending.values()][0];
      if (!oldest) return this.clear();
      const more = pending.size > 1 ? ` (and ${pending.size - 1} more)` : "";
      const line = oneLine(
        `  waiting for ${presentable(`${oldest.what}${more}: ${oldest.state}`)}, ${
          (oldest.elapsedMs / 1000).toFixed(0)
        } s`,
      );
      err(`\r\x1b[2K${line.slice(0, width - 1)}`);
      shown = true;
    },
    clear() {
      if (shown) err("\r\x1b[2K");
      shown = false;
    },
  };
}

/** So many waits at once have lines of their own in a log; the others are counted. */
const SHOWN = 3;

/** For logs: a line for each of the oldest waits when it has been silent for ten seconds. */
export function logProgress(err: (text: string) => void): Progress {
  const last = new Map<string, number>();
  return {
    wait(event) {
      const since = event.elapsedMs - (last.get(event.what) ?? 0);
      if (event.done) return void last.delete(event.what);
      if (!last.has(event.what)) last.set(event.what, 0);
      if (since < SILENT_MS) return;
      last.set(event.what, event.elapsedMs);
      const place = [...last.keys()].indexOf(event.what);
      if (place >= SHOWN) return;
      const more = place === SHOWN - 1 && last.size > SHOWN ? ` (and ${last.size - SHOWN} more)` : "";
      const said = oneLine(presentable(`${event.what}${more}: ${event.state || "no answer yet"}`));
      err(`  still waiting for ${said}, ${(event.elapsedMs / 1000).toFixed(0)} s\n`);
    },
    clear() {},
  };
}
