/** Programs of the machine: what is executed, and what it leaves. @module */

/** A command line to execute without a shell. `argv[0]` is the program. Arguments never hold a secret. */
export interface Command {
  argv: readonly string[];
  /** Text for standard input; may hold a secret. */
  stdin?: string;
}

/** What a process left. */
export interface CommandOutput {
  /** The exit code; 127, 126 or above 128, as a shell counts, where the program had none of its own. */
  code: number;
  stdout: string;
  stderr: string;
  /**
   * Why there is no exit code of the program's own: there is no such program, it may not or cannot be executed, a signal
   * ended it. What such a program would have answered is unknown: `ask` in programs.ts makes an error of it.
   */
  failure?: "not found" | "not executable" | "killed";
  /** The signal that ended it, `SIGKILL`. */
  signal?: string;
}

/** Programs of the machine. */
export interface Processes {
  /**
   * Runs a command that changes nothing and returns what it printed, and in `failure` why it printed nothing. The program
   * is looked for in a fixed list of directories (programs.ts), never in the caller's PATH.
   */
  query(command: Command): Promise<CommandOutput>;

  /** Runs a command for its effect; a non-zero exit is a `UserError` with the command line and its output. */
  run(command: Command): Promise<void>;
}
