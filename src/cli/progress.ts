/**
 * What a command is doing, shown while it runs: on a terminal in one line that changes in place, elsewhere as lines of a log
 * (`progress_log.ts`). Phases and waits come in as events; text goes out.
 * @module
 */
import type { WaitEvent } from "../system.ts";
import type { Timer } from "../timer.ts";
import type { Look } from "./look.ts";
import { type Current, progressLine, seconds } from "./progress_line.ts";

/** Shows phases, waits and what is printed between them. */
export interface Progress {
  phaseStarted(path: string): void;
  phaseFinished(path: string, ms: number): void;
  phaseFailed(path: string, ms: number): void;
  wait(event: WaitEvent): void;
  /** What the current phase does, for so many milliseconds already. */
  doing(what: string, ms: number): void;
  /** Prints lines that stay. */
  print(text: string): void;
  /** Takes the changing line away before something else writes to the same terminal. */
  clear(): void;
  /** Shows nothing while a person is asked. */
  pausedBy<T>(answer: Promise<T>): Promise<T>;
  /** From now on only what is printed is shown: the command has ended, or a signal ends it. */
  stop(): void;
}

/** Where a terminal's progress is drawn, and when. */
export interface Terminal {
  write(text: string): void;
  /** Its width now: it may change at any time. */
  columns(): number;
  /** Milliseconds since some moment. */
  now(): number;
  timer: Timer;
  look: Look;
}

/** Milliseconds between two drawings of a line in which only the time changes. */
const TICK_MS = 1_000;

/**
 * To the beginning of the line, and all from there on erased. The cursor always rests at the beginning of the changing
 * line, so this also erases a line that a narrower window has wrapped.
 */
const ERASE = "\r\x1b[J";

/** For a terminal: the oldest phase and the oldest wait in one line, a line that stays for each phase that has ended. */
export function terminalProgress({ write, columns, now, timer, look }: Terminal): Progress {
  const phases = new Map<string, number>();
  const waits = new Map<string, { event: WaitEvent; at: number }>();
  let activity: { what: string; since: number } | undefined;
  let shown = "";
  let [asking, stopped] = [false, false];
  let cancelTick: (() => void) | undefined;

  function current(): Current | undefined {
    const [wait, phase] = [waits.values().next().value, phases.entries().next().value];
    if (!wait && !phase && !activity) return undefined;
    const since = wait ? wait.at - wait.event.elapsedMs : activity?.since ?? phase![1];
    return {
      ms: now() - since,
      phase: phase?.[0],
      morePhases: Math.max(0, phases.size - 1),
      ...(wait ? { wait: { ...wait.event, more: waits.size - 1 } } : {}),
      ...(activity ? { activity: activity.what } : {}),
    };
  }

  /** Draws the line as it is now, below what is printed. */
  function draw(printed = ""): void {
    cancelTick?.();
    cancelTick = undefined;
    const what = asking || stopped ? undefined : current();
    const line = what ? progressLine(what, columns(), look.symbols) : "";
    if (printed !== "" || line !== shown) {
      const erase = shown === "" ? "" : ERASE;
      write(`${erase}${printed}${line === "" ? "" : `${line}\r`}`);
    }
    shown = line;
    if (what) cancelTick = timer(TICK_MS, draw);
  }

  function ended(path: string, line: string): void {
    phases.delete(path);
    activity = undefined;
    draw(`${line}\n`);
  }

  return {
    phaseStarted(path) {
      phases.set(path, now());
      activity = undefined;
      draw();
    },
    phaseFinished: (path, ms) => ended(path, `${look.paint("done", look.symbols.done)} ${seconds(ms)}  ${path}`),
    phaseFailed: (path, ms) =>
      ended(
        path,
        `${look.paint("error", look.symbols.failed)} ${seconds(ms)}  ${path} ${look.paint("error", "failed")}`,
      ),
    wait(event) {
      if (event.done) waits.delete(event.what);
      else waits.set(event.what, { event, at: now() });
      draw();
    },
    doing(what, ms) {
      activity = { what, since: now() - ms };
      draw();
    },
    print: (text) => draw(text),
    clear() {
      if (shown !== "") write(ERASE);
      shown = "";
    },
    async pausedBy(answer) {
      activity = undefined;
      asking = true;
      draw();
      try {
        return await answer;
      } finally {
        asking = false;
      }
    },
    stop() {
      if (stopped) return;
      stopped = true;
      draw(asking ? "\n" : "");
    },
  };
}
