/**
 * Child processes, started without a shell and without the caller's environment.
 * @module
 */
import { UserError } from "../errors.ts";
import { PROGRAM_DIRECTORIES } from "../programs.ts";
import type { Command, CommandOutput } from "../system.ts";
import { commandLine } from "../text/shell.ts";
import { realTimer, type Timer } from "../timer.ts";
import { collect, feed, releaseStreams } from "./child_streams.ts";
import { type Ending, endingOf, GRACE_MS } from "./ending.ts";
import { ANSWER_BYTES, END_BYTES, keepAll, keepEnd, linesTo } from "./output.ts";

/** A child's whole environment: its output must not depend on the host's time zone or the caller's locale, pager or PATH. */
const ENVIRONMENT = { PATH: PROGRAM_DIRECTORIES.join(":"), LC_ALL: "C", TZ: "UTC", HOME: "/root" };

/** Default time limits (ms): of a command that observes, and of one that changes something. */
export const LIMITS_MS = { query: 60_000, run: 300_000 } as const;

/** The path of a program, or why it cannot be run. */
type Located = { path: string } | { failure: "not found" | "not executable"; why: string };

/** Looks for a program in the fixed directories; an absolute path is used unchanged. */
async function locate(program: string): Promise<Located> {
  if (program.startsWith("/")) return { path: program };
  if (program.includes("/")) throw new Error(`"${program}" is relative: a name or an absolute path is wanted`);
  let unfit: string | undefined;
  for (const directory of PROGRAM_DIRECTORIES) {
    const path = `${directory}/${program}`;
    try {
      const { isFile, mode } = await Deno.stat(path);
      if (isFile && ((mode ?? 0) & 0o111) !== 0) return { path };
      unfit ??= `${path}: permission denied`;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) continue;
      unfit ??= `${path}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return unfit === undefined
    ? { failure: "not found", why: `${program}: command not found` }
    : { failure: "not executable", why: unfit };
}

/** Exit codes of a shell for commands that did not run. */
const CODES = { "not found": 127, "not executable": 126 } as const;

function unstarted(failure: keyof typeof CODES, stderr: string): CommandOutput {
  return { code: CODES[failure], failure, stdout: "", stderr };
}

/** Starts the program, or returns why it could not be started. @param group it gets its own process group. */
async function start(command: Command, group: boolean): Promise<Deno.ChildProcess | CommandOutput> {
  const [program, ...args] = command.argv;
  if (program === undefined) throw new Error("a command requires a program");
  const located = await locate(program);
  if ("failure" in located) return unstarted(located.failure, located.why);
  try {
    return new Deno.Command(located.path, {
      args,
      clearEnv: true,
      env: ENVIRONMENT,
      stdin: command.stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
      ...(group ? { detached: true } : {}),
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      // The file, or the interpreter that its first line names.
      const there = await Deno.stat(located.path).then(() => true, () => false);
      return there
        ? unstarted("not executable", `${located.path}: its interpreter is missing`)
        : unstarted("not found", `${program}: command not found`);
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      return unstarted("not executable", `${located.path}: permission denied`);
    }
    throw new UserError(`Cannot run "${commandLine(command.argv)}": it could not be started`, { cause: error });
  }
}

/** How a command is executed. */
export interface Execution {
  /** For its effect: only the end of its output is kept. */
  forEffect?: boolean;
  /** Ends it when aborted. */
  signal?: AbortSignal | undefined;
  timer?: Timer;
}

/** Why a child is ended. */
type Why = "timed out" | "too long" | "interrupted" | { error: unknown };

/**
 * Runs the command in the C locale and collects its output. `failure` is the reason when the program has no exit code of its
 * own: not found, not executable, ended by a signal or a limit.
 * @throws the error of the command's streams; the signal's reason when even SIGKILL did not end the child.
 */
export async function execute(command: Command, { forEffect, signal, timer }: Execution = {}): Promise<CommandOutput> {
  signal?.throwIfAborted();
  const group = command.timeoutMs !== undefined;
  const started = await start(command, group);
  if (!(started instanceof Deno.ChildProcess)) {
    await releaseStreams(command, started.stderr);
    return started;
  }
  const ending = endingOf<Why>(started, group, timer);
  const interrupt = () => ending.begin("interrupted", GRACE_MS.interruption);
  signal?.addEventListener("abort", interrupt);
  if (signal?.aborted) interrupt(); // while the child was started
  const limit = command.timeoutMs ?? LIMITS_MS[forEffect ? "run" : "query"];
  const callOff = (timer ?? realTimer)(limit, () => ending.begin("timed out", GRACE_MS.limit));
  try {
    const output = await attend(started, command, ending, forEffect === true);
    const why = ending.why();
    if (typeof why === "object") throw why.error;
    if (why === "timed out") return { ...output, failure: why, limit };
    return why === "too long" ? { ...output, failure: why, limit: ANSWER_BYTES } : output;
  } finally {
    callOff();
    ending.callOff();
    signal?.removeEventListener("abort", interrupt);
  }
}

/** Attends the child until it has ended and its output is complete, or until it is lost. */
async function attend(
  child: Deno.ChildProcess,
  command: Command,
  ending: Ending<Why>,
  forEffect: boolean,
): Promise<CommandOutput> {
  const failed = (error: unknown) => ending.begin({ error }, GRACE_MS.limit);
  const kept = forEffect ? keepEnd(END_BYTES) : keepAll(ANSWER_BYTES, () => ending.begin("too long", GRACE_MS.limit));
  const keptErrors = keepEnd(END_BYTES);
  const linesOf = (from: "stdout" | "stderr") => command.onLine && linesTo((line) => command.onLine?.(line, from));
  const stream = command.stdout?.getWriter();
  const input = feed(child, command, failed);
  const out = collect(child.stdout, stream ? { stream } : { kept, lines: linesOf("stdout") }, failed);
  const err = collect(child.stderr, { kept: keptErrors, lines: linesOf("stderr") }, failed);
  const status = await Promise.race([child.status, ending.lost.then(() => child.unref())]);
  input.stop();
  const done = Promise.all([input.done, out.done, err.done]);
  await Promise.race([done, ending.lost]);
  for (const one of [out, err]) one.stop();
  const { code, signal } = status ?? { code: 137, signal: "SIGKILL" }; // a child that waits for an unreachable disk
  if (ending.why() === undefined && signal === null) await stream?.close();
  else await stream?.abort(new Error(`"${commandLine(command.argv)}" did not end by itself`)).catch(() => undefined);
  const output = { code, stdout: kept.text(), stderr: keptErrors.text() };
  return signal === null ? output : { ...output, failure: "killed", signal };
}
