import type { Change, WaitEvent } from "../system.ts";
import { presentable } from "../text/message.ts";
import { ownLines, visible } from "../text/visible.ts";
import type { Look } from "./look.ts";
import type { Progress } from "./progress.ts";
import { activityText } from "./progress_line.ts";
import { changeContent, changeEvent, changeLine, errorEvent, errorText } from "./report.ts";
import type { Tally } from "./tally.ts";

/** What a command gives a program: one object, or several of a kind (tokens). */
export type Result = Record<string, unknown> | readonly Record<string, unknown>[];

/** Receives everything that happens, and prints it: as text for a person, as events or as a document for a program. */
export interface Reporter {
  phaseStarted(path: string): void;
  phaseFinished(path: string, ms: number): void;
  phaseFailed(path: string, ms: number): void;
  change(change: Change): void;
  wait(event: WaitEvent): void;
  /** What the current phase has been doing for so many milliseconds. */
  doing(what: string, ms: number): void;
  note(message: string): void;
  warn(message: string): void;
  /** The command's outcome: `text` for a person, `result` for a program. */
  result(text: string, result: Result): void;
  /** @param made the changes made before the error. */
  error(error: unknown, made: Tally): void;
}

/** How to report. */
export interface ReporterOptions {
  /** Whether to list each change, not only phases: decided when the configuration is read. */
  listChanges(): boolean;
  /** Also show what a change writes. */
  verbose(): boolean;
  /** Show errors, warnings and results only. */
  quiet(): boolean;
  /** How standard error looks. */
  look: Look;
  /** Where standard error shows phases and waits. */
  progress: Progress;
  /** Writes a line to standard output. */
  out(line: string): void;
  /** Writes text to standard error. */
  err(text: string): void;
}

/** The reporter, without progress while `quiet` is set: errors, warnings and results remain. */
export function unlessQuiet({ quiet, listChanges }: ReporterOptions, reporter: Reporter): Reporter {
  const unless = <A extends unknown[]>(report: (...args: A) => void) => (...args: A) => {
    if (!quiet()) report(...args);
  };
  return {
    ...reporter,
    change(change) {
      if (!quiet() || listChanges()) reporter.change(change); // those of a dry run are its result
    },
    phaseStarted: unless(reporter.phaseStarted),
    phaseFinished: unless(reporter.phaseFinished),
    phaseFailed: unless(reporter.phaseFailed),
    wait: unless(reporter.wait),
    doing: unless(reporter.doing),
    note: unless(reporter.note),
  };
}

/** Text: phases, notes and waits to standard error, changes of a dry run and the outcome to standard output. */
export function textReporter({ progress, look, ...options }: ReporterOptions): Reporter {
  /** Both streams may be the same terminal. */
  const out = (text: string) => {
    progress.clear();
    options.out(text);
  };
  return {
    phaseStarted: progress.phaseStarted,
    phaseFinished: progress.phaseFinished,
    phaseFailed: progress.phaseFailed,
    change(change) {
      if (!options.listChanges()) return;
      out(changeLine(change));
      const content = options.verbose() ? changeContent(change) : undefined;
      if (content) out(visible(content).replace(/^/gm, "    ").trimEnd());
    },
    wait: progress.wait,
    doing: progress.doing,
    note: (message) => progress.print(`  ${ownLines(presentable(message), 4)}\n`),
    warn: (message) => progress.print(`${look.paint("warning", "warning:")} ${ownLines(presentable(message), 2)}\n`),
    result(text) {
      progress.stop();
      if (text !== "") out(visible(text));
    },
    error(error, made) {
      progress.stop();
      progress.print(errorText(error, made).replace(/^error:/, (label) => look.paint("error", label)));
    },
  };
}

/** How long (ms) no event is sent of a wait whose state stays the same. */
export const SILENT_MS = 10_000;

/** How events and documents are written, one at a time, without the last line end. */
export interface Notation {
  event(event: Record<string, unknown>): string;
  /** @param first whether it is the first one that is printed. */
  document(document: Record<string, unknown>, first: boolean): string;
}

/** One event after the other on standard output, `{ event: "result", … }` or `{ event: "error", … }` last. */
export function eventReporter(options: ReporterOptions, notation: Notation): Reporter {
  const emit = (event: Record<string, unknown>) => options.out(notation.event(event));
  const waiting = new Map<string, { state: string; ms: number }>();
  return {
    phaseStarted: (path) => emit({ event: "phase", phase: path, state: "started" }),
    phaseFinished: (path, ms) => emit({ event: "phase", phase: path, state: "finished", ms: Math.round(ms) }),
    phaseFailed: (path, ms) => emit({ event: "phase", phase: path, state: "failed", ms: Math.round(ms) }),
    change: (change) => emit(changeEvent(change, options.verbose())),
    wait({ what, state, elapsedMs, done }) {
      const last = waiting.get(what);
      if (last?.state === state && elapsedMs - last.ms < SILENT_MS && !done) return;
      if (done) waiting.delete(what);
      else waiting.set(what, { state, ms: elapsedMs });
      emit({ event: "wait", what: presentable(what), state: presentable(state), ms: Math.round(elapsedMs), done });
    },
    doing: (what, ms) => emit({ event: "note", message: presentable(activityText(what, ms)) }),
    note: (message) => emit({ event: "note", message: presentable(message) }),
    warn: (message) => emit({ event: "warning", message: presentable(message) }),
    result: (_text, result) => emit({ event: "result", ...(Array.isArray(result) ? { items: result } : result) }),
    error: (error, made) => emit(errorEvent(error, made)),
  };
}

/**
 * The answer alone on standard output, as one document or as many as it has; notes, warnings and the error as events on
 * standard error. What a dry run would change is part of the answer.
 */
export function documentReporter(options: ReporterOptions, notation: Notation): Reporter {
  const emitAside = (event: Record<string, unknown>) => options.err(`${notation.event(event)}\n`);
  const changes: Record<string, unknown>[] = [];
  return {
    phaseStarted() {},
    phaseFinished() {},
    phaseFailed() {},
    change(change) {
      const { event: _, ...rest } = changeEvent(change, options.verbose());
      if (options.listChanges()) changes.push(rest);
    },
    wait() {},
    doing: (what, ms) => emitAside({ event: "note", message: presentable(activityText(what, ms)) }),
    note: (message) => emitAside({ event: "note", message: presentable(message) }),
    warn: (message) => emitAside({ event: "warning", message: presentable(message) }),
    result(_text, result) {
      const recorded = options.listChanges() ? { dryRun: true, changes } : {};
      const documents = Array.isArray(result) ? result : [{ ...result, ...recorded }];
      for (const [i, document] of documents.entries()) options.out(notation.document(document, i === 0));
    },
    error: (error, made) => emitAside(errorEvent(error, made)),
  };
}
