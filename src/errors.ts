/** Exit codes are part of the interface: stable, documented in docs/exit-codes.md, one per kind of trouble. */
export const EXIT = {
  ok: 0,
  /** Something failed while working: the message says what state things are in. */
  failed: 1,
  /** A preflight check refused the host. (kubeadm uses the same number.) */
  preflight: 2,
  /** The input (flags, configuration, token, hash, existing files) is not valid. (as kubeadm) */
  invalid: 3,
  /** A wait ran into its time limit. What was done stays; the same command goes on from there. */
  timeout: 4,
  /** Trust could not be established (wrong CA hash, bad signature, unknown or expired token). Nothing secret was sent. */
  untrusted: 5,
  /** `status`: this host is not a node of which everything was seen to be well. */
  unhealthy: 6,
  /** Another command is changing this host. */
  busy: 7,
} as const;

/** What each exit code means, in the words of docs/exit-codes.md. */
export const EXIT_MEANINGS: Readonly<Record<number, string>> = {
  [EXIT.ok]: "done, or nothing to do",
  [EXIT.failed]: "something failed; the message says what",
  [EXIT.preflight]: "the host is not ready (preflight)",
  [EXIT.invalid]: "flags, configuration, token, or existing files are not valid",
  [EXIT.timeout]: "a wait ran into its time limit",
  [EXIT.untrusted]: "the cluster could not be trusted (CA hash, signature, token)",
  [EXIT.unhealthy]: "`status`: not everything was seen to be well",
  [EXIT.busy]: "another kubewright command is changing this host",
};

/** What a {@linkcode UserError} may carry besides its message. */
export interface UserErrorOptions extends ErrorOptions {
  /** What to do next: one or more complete sentences or commands, one an entry. */
  hint?: string | readonly string[];
}

/**
 * An error that is meant to be read by a person. Its message has the form `Cannot <action> "<value>": <state>` and says
 * the current and the wanted state; it never holds a secret. It makes no claim about what was changed: `main` counts that.
 * Thrown anywhere, printed once, in `main`.
 */
export class UserError extends Error {
  /** The process exit code, one of {@linkcode EXIT}. */
  readonly exitCode: number = EXIT.failed;
  /** What to do next, one an entry; may be empty. */
  readonly hints: readonly string[];

  constructor(message: string, options: UserErrorOptions = {}) {
    super(message, options);
    this.name = new.target.name;
    this.hints = options.hint === undefined ? [] : typeof options.hint === "string" ? [options.hint] : options.hint;
  }
}

/** One thing wrong with the input, and where. */
export interface Problem {
  /** Field path (`networking.podSubnet`), flag (`--token`) or preflight check name (`Port-6443`). */
  where: string;
  /** What is wrong, with the value (unless it is a secret) and what would be right. */
  what: string;
  /** How to fix it, when `what` does not already say so. */
  hint?: string;
  /** The file that it is in, and the line and column there, from 1. */
  source?: string;
  line?: number;
  column?: number;
}

/** ` (cluster.yaml:12:14)`, or nothing when the place is not known. */
export function placeText({ source, line, column }: Pick<Problem, "source" | "line" | "column">): string {
  return source === undefined || line === undefined ? "" : ` (${[source, line, column].filter(Boolean).join(":")})`;
}

/** Formats problems as an indented list, one a line. */
function listOf(problems: readonly Problem[]): string {
  return problems.map((p) => `  ${p.where}${placeText(p)}: ${p.what}${p.hint ? `\n    next: ${p.hint}` : ""}`).join(
    "\n",
  );
}

/** The input is wrong: all problems at once, each with its place. */
export class InvalidInput extends UserError {
  override readonly exitCode = EXIT.invalid;
  readonly problems: readonly Problem[];
  constructor(summary: string, problems: readonly Problem[] = [], options: UserErrorOptions = {}) {
    super(problems.length === 0 ? summary : `${summary}\n${listOf(problems)}`, options);
    this.problems = problems;
  }
}

/** The host is not fit: all failed checks at once. */
export class PreflightFailed extends UserError {
  override readonly exitCode = EXIT.preflight;
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[], options: UserErrorOptions = {}) {
    super(`This host is not ready:\n${listOf(problems)}`, options);
    this.problems = problems;
  }
}

/** A wait ended without what was waited for. */
export class TimedOut extends UserError {
  override readonly exitCode = EXIT.timeout;
}

/** Another process holds the host's lock: which, and since when. */
export class HostBusy extends UserError {
  override readonly exitCode = EXIT.busy;
}

/** Signals that end the program, and their numbers: the exit code is 128 more, as shells count it. */
export const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
export type EndingSignal = keyof typeof SIGNAL_NUMBERS;

/** A signal is to end the program. No `UserError`, so that what is tried again after one ends, too; `main` alone catches it. */
export class Interruption extends Error {
  constructor(readonly signal: EndingSignal) {
    super(`interrupted by ${signal}`);
    this.name = "Interruption";
  }
}

/** What is said of a run that a signal ended. */
export class Interrupted extends UserError {
  override readonly exitCode: number;
  /** @param pending changes of which it is not known whether they happened. */
  constructor({ signal }: Interruption, pending: readonly string[]) {
    super(
      [
        `Interrupted by ${signal} before the command was done`,
        ...pending.map((change) => `  was still under way, and may or may not have happened: ${change}`),
      ].join("\n"),
      { hint: "Rerun the same command: it continues from what is there." },
    );
    this.exitCode = 128 + SIGNAL_NUMBERS[signal];
  }
}

/** The other side could not be trusted; nothing secret was sent to it. */
export class Untrusted extends UserError {
  override readonly exitCode = EXIT.untrusted;
}

/** An error on one line, for a state that is shown while something is tried again: what failed, and at the bottom why. */
export function inShort(error: Error): string {
  let cause: Error = error;
  for (let depth = 0; depth < 8 && cause.cause instanceof Error; depth++) cause = cause.cause;
  const why = cause.message.trim();
  const said = error.message.replace(/\s*\n\s*/g, "; ");
  return why === "" || said.includes(why) ? said : `${said} (${why})`;
}
