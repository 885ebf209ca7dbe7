/**
 * A program that runs inside a host while a scenario goes on.
 *
 * @module
 */

import { childOf, signal } from "./boot.ts";
import type { Output } from "./process.ts";

/** A running program; made by `Host.spawn`. What it prints is kept, and can be looked at while it runs. */
export class Spawned {
  /** Its exit code and all it printed, once it has ended; code 137 and the like where a signal ended it. */
  readonly done: Promise<Output>;
  readonly #child: Deno.ChildProcess;
  #stdout = "";
  #stderr = "";

  /**
   * `show` also prints what the program prints, as it comes.
   * @param hear is told of each piece of standard output.
   */
  constructor(
    argv: readonly string[],
    env: Record<string, string>,
    show = false,
    hear: (text: string) => void = () => {},
  ) {
    const [program = "", ...args] = argv;
    this.#child = new Deno.Command(program, {
      args,
      env,
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.done = this.#run(show, hear);
    // Whoever never awaits it must not be ended by its failure.
    this.done.catch(() => {});
  }

  /** Standard output so far. */
  get stdout(): string {
    return this.#stdout;
  }

  /** Standard error so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Sends a signal to the program itself (not to its children), SIGKILL by default. Does nothing when it has ended. */
  async kill(name: Deno.Signal = "SIGKILL"): Promise<void> {
    signal(await childOf(this.#child.pid) ?? this.#child.pid, name);
  }

  async #run(show: boolean, hear: (text: string) => void): Promise<Output> {
    const [status] = await Promise.all([
      this.#child.status,
      this.#keep(this.#child.stdout, show ? Deno.stdout : undefined, (text) => {
        this.#stdout += text;
        hear(text);
      }),
      this.#keep(this.#child.stderr, show ? Deno.stderr : undefined, (text) => this.#stderr += text),
    ]);
    return { code: status.code, stdout: this.#stdout, stderr: this.#stderr };
  }

  async #keep(
    stream: ReadableStream<Uint8Array>,
    screen: { writeSync(bytes: Uint8Array): number } | undefined,
    add: (text: string) => void,
  ): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      add(decoder.decode(chunk, { stream: true }));
      screen?.writeSync(chunk);
    }
  }
}
