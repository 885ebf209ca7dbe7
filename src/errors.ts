/** Exit codes are part of the interface: stable, documented in docs/exit-codes.md, one for each kind of failure. */
export const EXIT = {
  ok: 0,
  /** A step failed: the message names the cause and the state. */
  failed: 1,
  /** A preflight check failed. (kubeadm uses the same number.) */
  preflight: 2,
  /** The input is invalid: flags, configuration, token, hash, existing files. (kubeadm uses the same number.) */
  invalid: 3,
  /** A wait timed out. What was done stays; the same command continues from there. */
  timeout: 4,
  /** Trust could not be established (wrong CA hash, bad signature, unknown or expired token). Nothing secret was sent. */
  untrusted: 5,
  /** `status`: the node is not healthy, or a part of it could not be checked. */
  unhealthy: 6,
  /** Another command is changing this host. */
  busy: 7,
} as const;

/** What each exit code means, as in docs/exit-codes.md. */
export const EXIT_MEANINGS: Readonly<Record<number, string>> = {
  [EXIT.ok]: "success, or nothing to do",
  [EXIT.failed]: "a step failed; the message shows the cause",
  [EXIT.preflight]: "preflight checks failed",
  [EXIT.invalid]: "invalid flags, configuration, token or existing files",
  [EXIT.timeout]: "a wait timed out",
  [EXIT.untrusted]: "the cluster could not be verified (CA hash, signature, token)",
  [EXIT.unhealthy]: "`status`: the node is not healthy, or could not be checked completely",
  [EXIT.busy]: "another kubewright command is changing this host",
};

/** What a {@linkcode UserError} may carry in addition to its message. */
export interface UserErrorOptions extends ErrorOptions {
  /** What to do next: one or more complete sentences or commands, one an entry. */
  hint?: string | readonly string[];
}

/**
 * An error for a person to read. Its message has the form `Cannot <action> "<value>": <state>`, with the actual and the
 * expected state, and never contains a secret. It makes no claim about what was changed: `main` counts that.
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

/** Problems as an indented list, one a line, each with its fix. The label is not that of an own line (`ownLines`). */
function listOf(problems: readonly Problem[]): string {
  return problems.map((p) => `  ${p.where}${placeText(p)}: ${p.what}${p.hint ? `\n    fix: ${p.hint}` : ""}`).join(
    "\n",
  );
}

/** How an {@linkcode InvalidInput} is worded. */
export interface InvalidInputOptions extends UserErrorOptions {
  /** The summary names the one problem already, so the message does not list it again. */
  complete?: true;
}

/** The input is invalid: all problems at once, each with its place. */
export class InvalidInput extends UserError {
  override readonly exitCode = EXIT.invalid;
  readonly problems: readonly Problem[];
  constructor(summary: string, problems: readonly Problem[] = [], options: InvalidInputOptions = {}) {
    super(problems.length === 0 || options.complete ? summary : `${summary}\n${listOf(problems)}`, options);
    this.problems = problems;
  }
}

/** All preflight checks that failed. */
export class PreflightFailed extends UserError {
  override readonly exitCode = EXIT.preflight;
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[], options: UserErrorOptions = {}) {
    super(`This host is not ready:\n${listOf(problems)}`, options);
    this.problems = problems;
  }
}

/** A wait reached its time limit. */
export class TimedOut extends UserError {
  override readonly exitCode = EXIT.timeout;
}

/** Another process holds the host's lock: its name and since when. */
export class HostBusy extends UserError {
  override readonly exitCode = EXIT.busy;
}

/** Signals that end the program, and their numbers: the exit code is 128 more, as shells count it. */
export const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
export type EndingSignal = keyof typeof SIGNAL_NUMBERS;

/** A signal ends the program. Not a `UserError`, so that retries end, too; only `main` catches it. */
export class Interruption extends Error {
  constructor(readonly signal: EndingSignal) {
    super(`interrupted by ${signal}`);
    this.name = "Interruption";
  }
}

/** A run that a signal ended. */
export class Interrupted extends UserError {
  override readonly exitCode: number;
  /** @param pending changes that were in progress and may or may not have happened. */
  constructor({ signal }: Interruption, pending: readonly string[]) {
    super(
      [
        `Interrupted by ${signal} before the command finished`,
        ...pending.map((change) => `  in progress, may or may not be complete: ${change}`),
      ].join("\n"),
      { hint: "Rerun the command: it continues where this run stopped." },
    );
    this.exitCode = 128 + SIGNAL_NUMBERS[signal];
  }
}

/** The other side could not be verified; nothing secret was sent to it. */
export class Untrusted extends UserError {
  override readonly exitCode = EXIT.untrusted;
}

/** What `fetch` says of a connection that failed: the message above it has the meaning in words. */
const RAW = /^error sending request\b/;

/** An error on one line, for the state of a retry: what failed, and the innermost cause. */
export function inShort(error: Error): string {
  let cause: Error = error;
  for (let depth = 0; depth < 8 && cause.cause instanceof Error; depth++) cause = cause.cause;
  const why = cause.message.trim();
  const said = error.message.replace(/\s*\n\s*/g, "; ");
  return why === "" || RAW.test(why) || said.includes(why) ? said : `${said} (${why})`;
}
