/** Programs of the machine: commands and their results. @module */

/** A command line to execute without a shell, with its input and output. */
export interface Command {
  /** `argv[0]` is the program. Arguments never hold a secret. */
  argv: readonly string[];
  /** Standard input: text, or a stream of bytes; may hold a secret. Absent: none. */
  stdin?: string | ReadableStream<Uint8Array>;
  /**
   * Receives the program's standard output at its own pace; `stdout` of the result is then empty. It is closed when the
   * program has ended by itself, whatever its exit code, else aborted.
   */
  stdout?: WritableStream<Uint8Array>;
  /**
   * Called with each line while the program runs, without its end and cut after 4096 characters ("…"). Not called for
   * `stdout` that goes to a stream. A line may contain control characters: escape them before showing it.
   */
  onLine?(line: string, from: "stdout" | "stderr"): void;
  /**
   * Time limit in ms. After it, the command and everything that it has started get SIGTERM, and 5 s later SIGKILL: such a
   * command has its own process group. Absent: 60 s for `query` and 300 s for `run`, and only the program itself gets the
   * signals, because starting a group takes 14 ms of CPU with Deno 2.6.
   */
  timeoutMs?: number;
}

/** The result of a process. */
export interface CommandOutput {
  /** The exit code; 127, 126 or above 128, as in a shell, when the program has no exit code of its own. */
  code: number;
  /** All of it, up to 64 MiB (`query`), or the last 64 KiB (`run`). */
  stdout: string;
  /** The last 64 KiB; "…" stands for earlier output. */
  stderr: string;
  /**
   * Why the program has no exit code of its own: not found, not executable, killed by a signal, time limit exceeded, or more
   * output than is kept. Its answer is then unknown: `ask` in programs.ts makes it an error.
   */
  failure?: "not found" | "not executable" | "killed" | "timed out" | "too long";
  /** The signal that ended it, `SIGKILL`. */
  signal?: string;
  /** The limit that it exceeded: milliseconds if it timed out, bytes if it printed too much. */
  limit?: number;
}

/** Programs of the machine. */
export interface Processes {
  /**
   * Runs a command that changes nothing and returns its output; `failure` is the reason when it did not run to its end. The
   * program is looked for in a fixed list of directories (programs.ts), never in the caller's PATH.
   * @throws the error of the command's `stdin`, `stdout` or `onLine`; the program is then ended.
   */
  query(command: Command): Promise<CommandOutput>;

  /** Runs a command for its effect; a non-zero exit is a `UserError` with the command line and its output. */
  run(command: Command): Promise<void>;
}
