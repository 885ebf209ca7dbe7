import type { Change, KubeObject, ObjectReference, WriteChange } from "../system.ts";
import { EXIT, InvalidInput, PreflightFailed, type Problem, UserError } from "../errors.ts";
import type { Tally } from "./tally.ts";
import { presentable } from "../text/message.ts";
import { contentWithoutSecrets } from "../text/redact.ts";
import { commandLine } from "../text/shell.ts";
import { oneLine, ownLines } from "../text/visible.ts";

function nameOf(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return `${object.apiVersion} ${object.kind} ${namespace ? `${namespace}/` : ""}${name}`;
}

function nameOfReference(reference: ObjectReference): string {
  const place = reference.namespace ? `${reference.namespace}/` : "";
  return `${reference.apiVersion} ${reference.kind} ${place}${reference.name}`;
}

/** ` 0:2000` for a file with an owner of its own. */
const ownerOf = ({ owner }: WriteChange) => owner === undefined ? "" : ` ${owner.uid}:${owner.gid}`;

const octal = (mode: number) => mode.toString(8).padStart(4, "0");

/** `sandbox kube-system/etcd-k1 0123456789abc`. */
function nameOfThing(thing: { what: string; name: string; id?: string }): string {
  return `${thing.what} ${thing.name}${thing.id === undefined ? "" : ` ${thing.id.slice(0, 13)}`}`;
}

/** A change on one line: the action and its object; sizes instead of content. */
export function changeLine(change: Change): string {
  return oneLine(lineOf(change));
}

function lineOf(change: Change): string {
  switch (change.kind) {
    case "write":
      return `write      ${change.path} ${octal(change.mode)}${ownerOf(change)} ${change.size} bytes`;
    case "directory":
      return `directory  ${change.path} ${octal(change.mode)}`;
    case "remove":
      return `remove     ${change.path}`;
    case "run":
      return `run        ${commandLine(change.command.argv)}`;
    case "wait":
      return `would wait for ${change.what}`;
    case "apply":
      return `apply      ${nameOf(change.object)}`;
    case "patch":
      return `patch      ${nameOfReference(change.reference)}`;
    case "delete":
      return `delete     ${"reference" in change ? nameOfReference(change.reference) : nameOfThing(change)}`;
    case "pull":
    case "import":
      return `${change.kind.padEnd(11)}${change.image}`;
    case "stop":
      return `stop       ${nameOfThing(change)}`;
  }
}

/**
 * A change as an event without secrets: `{ event: "change", kind, … }`.
 * @param verbose also with what it writes: `content`, text or an object, or `secret: true` for a secret.
 */
export function changeEvent(change: Change, verbose = false): Record<string, unknown> {
  const event = shortEvent(change);
  if (!verbose) return event;
  if ("secret" in change && change.secret) return { ...event, secret: true };
  const content = contentOf(change);
  return content === undefined ? event : { ...event, content };
}

function shortEvent(change: Change): Record<string, unknown> {
  const base = { event: "change", kind: change.kind };
  switch (change.kind) {
    case "write":
      return {
        ...base,
        path: change.path,
        mode: octal(change.mode),
        ...(change.owner === undefined ? {} : { owner: ownerOf(change).trim() }),
        bytes: change.size,
        new: !change.before,
      };
    case "directory":
      return { ...base, path: change.path, mode: octal(change.mode) };
    case "run":
      return { ...base, argv: change.command.argv };
    case "apply":
      return { ...base, object: nameOf(change.object), new: !change.before };
    case "patch":
      return { ...base, object: nameOfReference(change.reference) };
    case "remove":
      return { ...base, path: change.path };
    case "wait":
      return { ...base, what: change.what };
    case "pull":
    case "import":
      return { ...base, image: change.image };
    case "delete":
      if ("reference" in change) return { ...base, object: nameOfReference(change.reference) };
      return { ...base, what: change.what, name: change.name, ...("id" in change ? { id: change.id } : {}) };
    case "stop":
      return { ...base, what: change.what, name: change.name, id: change.id };
  }
}

/** What a change writes, without passwords that a user may have put into it, such as a proxy's. */
function contentOf(change: Change): unknown {
  return contentWithoutSecrets(rawContentOf(change));
}

/** What a change writes: text or an object; undefined for other bytes, for what is too long to show, and for no content. */
function rawContentOf(change: Change): unknown {
  if (change.kind === "apply") return change.object;
  if (change.kind === "patch") return change.patch;
  return change.kind === "write" ? change.preview : undefined;
}

/** What a change writes, for `--verbose`; undefined for a secret, and for what is not text. */
export function changeContent(change: Change): string | undefined {
  if ("secret" in change && change.secret) return undefined;
  const content = contentOf(change);
  return typeof content === "string" || content === undefined ? content : JSON.stringify(content, undefined, 2);
}

/** What to do next: the hints of the error, and to run the command again. Only the reporter has the number of changes. */
function hintsOf(error: UserError, made: Tally): readonly string[] {
  const { hints } = error;
  if (hints.some((hint) => /\b(run|rerun) (it|this|the same command) again|\brerun\b/i.test(hint))) return hints;
  const listed = error instanceof InvalidInput || error instanceof PreflightFailed;
  if (listed && error.problems.length > 0) return ["Fix the problems above and rerun the command.", ...hints];
  if (made.total === 0) return hints;
  return [...hints, "Fix the cause and rerun the command: what was done stays, and it continues from there."];
}

/** Messages of an error's causes, outermost first, each once. */
function causes(error: Error): string[] {
  const found: string[] = [];
  for (
    let cause = error.cause;
    cause !== undefined && found.length < 8;
    cause = cause instanceof Error ? cause.cause : undefined
  ) {
    const message = cause instanceof Error ? cause.message : String(cause);
    if (!found.some((earlier) => earlier.includes(message)) && !error.message.includes(message)) found.push(message);
  }
  return found;
}

/** The message as it may be shown. The hints that it lists under its problems are ours, and keep their label. */
function messageText(error: Error): string {
  const problems = error instanceof InvalidInput || error instanceof PreflightFailed ? error.problems : [];
  const hints = problems.flatMap(({ hint }) =>
    hint === undefined ? [] : [presentable(`next: ${hint}`).split("\n")[0]!.trim()]
  );
  return ownLines(presentable(error.message), 2, hints);
}

/** An error as text: message, causes, what was changed, what to do next; for a defect of kubewright also the stack. */
export function errorText(error: unknown, made: Tally): string {
  if (!(error instanceof Error)) return `error: ${oneLine(presentable(String(error)))}\n  ${made.sentence}\n`;
  const lines = [
    `error: ${messageText(error)}`,
    ...causes(error).map((cause) => `  because: ${ownLines(presentable(cause), 4)}`),
  ];
  if (error instanceof UserError) {
    lines.push(
      `  ${made.sentence}`,
      ...hintsOf(error, made).map((hint) => `  next: ${ownLines(presentable(hint), 4)}`),
    );
  } else {
    lines.push(`  ${made.sentence}`);
    lines.push("  This is a defect of kubewright; please report it with these lines:", presentable(error.stack ?? ""));
  }
  return lines.join("\n") + "\n";
}

/** An error as an event: `{ event: "error", kind, exitCode, message, causes, problems?, changes, hints }`. */
export function errorEvent(error: unknown, made: Tally): Record<string, unknown> {
  const failure = error instanceof Error ? error : new Error(String(error));
  const shown = (problem: Problem) =>
    Object.fromEntries(
      Object.entries(problem).map((
        [name, value],
      ) => [name, typeof value === "string" ? ownLines(presentable(value), 2) : value]),
    );
  return {
    event: "error",
    kind: failure.name,
    exitCode: failure instanceof UserError ? failure.exitCode : EXIT.failed,
    message: messageText(failure),
    causes: causes(failure).map(presentable),
    ...("problems" in failure ? { problems: (failure.problems as readonly Problem[]).map(shown) } : {}),
    changes: made.record,
    hints: failure instanceof UserError ? hintsOf(failure, made).map(presentable) : [],
  };
}
