/** Programs of the machine: what is executed, and what it leaves. @module */

/** A command line to execute without a shell, and where its input and output go. */
export interface Command {
  /** `argv[0]` is the program. Arguments never hold a secret. */
  argv: readonly string[];
  /** For standard input: text, or bytes as they come; may hold a secret. Absent: there is none. */
  stdin?: string | ReadableStream<Uint8Array>;
  /**
   * Takes what the program writes to standard output, no faster than it can; `stdout` of the output is empty then. It is
   * closed when the program has ended by itself, whatever its exit code, else aborted.
   */
  stdout?: WritableStream<Uint8Array>;
  /**
   * Called with each line while the program runs, without its end and cut after 4096 characters ("…"). A line of `stdout`
   * is not told where that goes to a stream. It may hold control characters: whoever shows it takes them out.
   */
  onLine?(line: string, from: "stdout" | "stderr"): void;
  /**
   * Milliseconds that it may take. Then it gets SIGTERM, 5 s later SIGKILL, and everything that it has started does, too:
   * such a command has a process group of its own. Absent: 60 s for `query` and 300 s for `run`, and only the program
   * itself gets the signals, because the start of a group takes 14 ms of CPU with Deno 2.6.
   */
  timeoutMs?: number;
}

/** What a process left. */
export interface CommandOutput {
  /** The exit code; 127, 126 or above 128, as a shell counts, where the program had none of its own. */
  code: number;
  /** All of it, up to 64 MiB (`query`), or the last 64 KiB (`run`). */
  stdout: string;
  /** The last 64 KiB; "…" is before them when there was more. */
  stderr: string;
  /**
   * Why there is no exit code of the program's own: there is no such program, it may not or cannot be executed, a signal
   * ended it, it ran into its time limit, it printed more than is kept. What such a program would have answered is
   * unknown: `ask` in programs.ts makes an error of it.
   */
  failure?: "not found" | "not executable" | "killed" | "timed out" | "too long";
  /** The signal that ended it, `SIGKILL`. */
  signal?: string;
  /** The limit that it ran into: milliseconds of one that timed out, bytes of one that printed too much. */
  limit?: number;
}

/** Programs of the machine. */
export interface Processes {
  /**
   * Runs a command that changes nothing and returns what it printed, and in `failure` why it printed nothing. The program
   * is looked for in a fixed list of directories (programs.ts), never in the caller's PATH.
   * @throws what `stdin` or `stdout` of the command fails with, or `onLine` throws; the program is ended then.
   */
  query(command: Command): Promise<CommandOutput>;

  /** Runs a command for its effect; a non-zero exit is a `UserError` with the command line and its output. */
  run(command: Command): Promise<void>;
}
