import { presentable } from "../text/message.ts";
import { oneLine } from "../text/visible.ts";
import type { Progress } from "./progress.ts";
import { activityText, seconds } from "./progress_line.ts";

/** Milliseconds after which a wait gets its first line: most end sooner. */
const BEGIN_MS = 1_000;
/** Milliseconds between two lines of a wait whose state changes, and of one whose state stays the same. */
const [CHANGED_MS, SAME_MS] = [5_000, 60_000];
/** So many waits at once have lines of their own; the others are counted. */
const SHOWN = 3;

/** The last line of a wait: when in the wait it was printed, and with which state. */
interface Line {
  ms: number;
  state: string;
}

function isDue(last: Line | undefined, state: string, ms: number): boolean {
  if (!last) return ms >= BEGIN_MS;
  return ms - last.ms >= (state === last.state ? SAME_MS : CHANGED_MS);
}

/** For logs: a line for each phase that has ended; of a wait one when it begins, when its state changes, and once a minute. */
export function logProgress(write: (text: string) => void): Progress {
  const waits = new Map<string, Line | undefined>();
  return {
    phaseStarted() {},
    phaseFinished: (path, ms) => write(`[${path}] ${seconds(ms).trim()}\n`),
    phaseFailed: (path, ms) => write(`[${path}] failed after ${seconds(ms).trim()}\n`),
    wait({ what, state, elapsedMs, done }) {
      if (done) return void waits.delete(what);
      const last = waits.get(what);
      const due = isDue(last, state, elapsedMs);
      waits.set(what, due ? { ms: elapsedMs, state } : last);
      const place = [...waits.keys()].indexOf(what);
      if (!due || place >= SHOWN) return;
      const more = place === SHOWN - 1 && waits.size > SHOWN ? ` (and ${waits.size - SHOWN} more)` : "";
      const text = state === "" ? what + more : `${what}${more}: ${state}`;
      write(`  waiting for ${oneLine(presentable(activityText(text, elapsedMs)))}\n`);
    },
    doing: (what, ms) => write(`  ${oneLine(presentable(activityText(what, ms)))}\n`),
    print: write,
    clear() {},
    pausedBy: (answer) => answer,
    stop() {},
  };
}
