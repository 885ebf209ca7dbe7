import type { Change } from "../system.ts";
import { presentable } from "../text/message.ts";
import { ownLines, visible } from "../text/visible.ts";
import { changeContent, changeEvent, changeLine, errorEvent, errorText } from "./report.ts";
import type { Tally } from "./tally.ts";
import { logProgress, SILENT_MS, terminalProgress, type WaitEvent } from "./progress.ts";

/** What a command gives a program: one object, or several of a kind (tokens). */
export type Result = Record<string, unknown> | readonly Record<string, unknown>[];

/** Where everything that happens is told: as text for a person, as events or as a document for a program. */
export interface Reporter {
  phaseStarted(path: string): void;
  phaseFinished(path: string, ms: number): void;
  phaseFailed(path: string, ms: number): void;
  change(change: Change): void;
  wait(event: WaitEvent): void;
  note(message: string): void;
  warn(message: string): void;
  /** The command's outcome: `text` for a person, `result` for a program. */
  result(text: string, result: Result): void;
  /** @param made what was changed until then. */
  error(error: unknown, made: Tally): void;
}

/** How to report. */
export interface ReporterOptions {
  /** Whether to list each change, not only phases: known only when the configuration is. */
  listChanges(): boolean;
  /** Show what a change writes, too. */
  verbose(): boolean;
  /** Whether `err` is a terminal. */
  terminal: boolean;
  /** Writes a line to standard output. */
  out(line: string): void;
  /** Writes text to standard error. */
  err(text: string): void;
}

/** Text: phases, notes and waits to standard error, changes of a dry run and the outcome to standard output. */
export function textReporter(options: ReporterOptions): Reporter {
  const progress = options.terminal ? terminalProgress(options.err) : logProgress(options.err);
  const say = (line: string) => {
    progress.clear();
    options.err(`${line}\n`);
  };
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(ms < 9_950 ? 2 : 1)} s`;
  return {
    phaseStarted() {},
    phaseFinished: (path, ms) => say(`[${path}] ${seconds(ms)}`),
    phaseFailed: (path, ms) => say(`[${path}] failed after ${seconds(ms)}`),
    change(change) {
      if (!options.listChanges()) return;
      options.out(changeLine(change));
      const content = options.verbose() ? changeContent(change) : undefined;
      if (content) options.out(visible(content).replace(/^/gm, "    ").trimEnd());
    },
    wait: (event) => progress.wait(event),
    note: (message) => say(`  ${ownLines(presentable(message), 4)}`),
    warn: (message) => say(`warning: ${ownLines(presentable(message), 2)}`),
    result: (text) => {
      progress.clear();
      if (text !== "") options.out(visible(text));
    },
    error: (error, made) => {
      progress.clear();
      options.err(errorText(error, made));
    },
  };
}

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
  const tell = (event: Record<string, unknown>) => options.err(`${notation.event(event)}\n`);
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
    note: (message) => tell({ event: "note", message: presentable(message) }),
    warn: (message) => tell({ event: "warning", message: presentable(message) }),
    result(_text, result) {
      const recorded = options.listChanges() ? { dryRun: true, changes } : {};
      const documents = Array.isArray(result) ? result : [{ ...result, ...recorded }];
      for (const [i, document] of documents.entries()) options.out(notation.document(document, i === 0));
    },
    error: (error, made) => tell(errorEvent(error, made)),
  };
}
