/**
 * Commands on the machine that runs the lab.
 *
 * @module
 */

/** What a finished command left: its exit code and its output, decoded as UTF-8. */
export interface Output {
  code: number;
  stdout: string;
  stderr: string;
}

/** How to run a command. */
export interface RunOptions {
  /** Text or bytes for its standard input; nothing when absent. */
  stdin?: string | Uint8Array | undefined;
  /** Added to the environment. */
  env?: Record<string, string> | undefined;
  /** Start from an empty environment instead of this process's. */
  clearEnv?: boolean | undefined;
  cwd?: string | undefined;
  /** Milliseconds after which the command is killed and an error thrown. */
  timeout?: number | undefined;
  /** Throw when the exit code is not 0 (the default). */
  check?: boolean | undefined;
}

/** Runs a command to its end. Throws when it cannot be started, runs out of time or (unless `check: false`) fails. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Output> {
  const [program, ...args] = argv;
  if (program === undefined) throw new Error("Cannot run a command: the argument list is empty");
  const abort = new AbortController();
  const timer = options.timeout === undefined ? undefined : setTimeout(() => abort.abort(), options.timeout);
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args,
      stdin: options.stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
      signal: abort.signal,
      clearEnv: options.clearEnv ?? false,
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    }).spawn();
  } catch (cause) {
    clearTimeout(timer);
    throw new Error(`Cannot run "${program}": it does not start; is it installed?`, { cause });
  }
  const feeding = options.stdin === undefined ? undefined : feed(child, options.stdin);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(timer);
  await feeding;
  const decoder = new TextDecoder();
  const output = { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  if (abort.signal.aborted) {
    throw new Error(`Cannot finish "${argv.join(" ")}": no end after ${options.timeout} ms\n${tail(output)}`);
  }
  if (code !== 0 && options.check !== false) {
    throw new Error(`Cannot run "${argv.join(" ")}": exit code ${code}\n${tail(output)}`);
  }
  return output;
}

/** The last 40 lines of what a command printed, errors last. */
export function tail(output: Output): string {
  return `${output.stdout}\n${output.stderr}`.trim().split("\n").slice(-40).join("\n");
}

/** A stopwatch: seconds since its making, with one digit. */
export function stopwatch(): () => string {
  const start = performance.now();
  return () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

/** Thrown by a probe of {@link until}: waiting any longer cannot help. */
export class Hopeless extends Error {}

/** Asks `probe` every `interval` ms until it gives something truthy; throws after `timeout` ms, naming `what`. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { timeout = 60_000, interval = 100 }: { timeout?: number; interval?: number } = {},
): Promise<T> {
  const end = Date.now() + timeout;
  let last: unknown;
  while (true) {
    try {
      const found = await probe();
      if (found) return found;
      last = undefined;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      last = error;
    }
    if (Date.now() > end) {
      throw new Error(`Cannot wait longer for ${what}: not so after ${timeout / 1000} s`, { cause: last });
    }
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}

async function feed(child: Deno.ChildProcess, input: string | Uint8Array): Promise<void> {
  const writer = child.stdin.getWriter();
  try {
    await writer.write(typeof input === "string" ? new TextEncoder().encode(input) : input);
    await writer.close();
  } catch (error) {
    // The program ended without reading all of its input: its exit code says whether that matters.
    if (!(error instanceof Deno.errors.BrokenPipe || error instanceof TypeError)) throw error;
  }
}
