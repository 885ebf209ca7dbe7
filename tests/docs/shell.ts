/**
 * The shell in which commands of the documentation run: kubewright itself on a host in memory, and the few programs that
 * pages use beside it. What one command writes, the next one reads.
 *
 * @module
 */
import { kubewrightArguments, type Pipeline, readScript, type SimpleCommand } from "../../_tools/docs/script.ts";
import { run, unfit } from "../program/program.ts";

/** What a command left. */
interface Ended {
  code: number;
  out: string;
  err: string;
  /** Both outputs in the order in which they were printed. */
  both: string;
}

/** What a program without messages leaves. */
const printed = (out: string): Ended => ({ code: 0, out, err: "", both: out });

/** Programs that only read standard input: the machine's own run. */
const FILTERS = ["grep", "head", "sort", "tail", "wc"];

/** Runs a filter of the machine. */
async function filter([program = "", ...args]: readonly string[], input: string): Promise<Ended> {
  const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  // A filter may end before it has read everything.
  await writer.write(new TextEncoder().encode(input)).then(() => writer.close()).catch(() => undefined);
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  const [out, err] = [decoder.decode(stdout), decoder.decode(stderr)];
  return { code, out, err, both: err + out };
}

/** A shell with the files of a page. */
export class PageShell {
  /** By absolute path, and by the path from /root, where commands run. */
  readonly #files = new Map<string, string>();

  /** Puts a file where commands find it. */
  write(path: string, text: string): void {
    const absolute = path.startsWith("/") ? path : `/root/${path}`;
    this.#files.set(absolute, text);
    if (absolute.startsWith("/root/")) this.#files.set(absolute.slice("/root/".length), text);
  }

  /** Runs a script until a command fails. What it prints on both outputs is one text, as on a terminal. */
  async run(script: string): Promise<{ code: number; output: string }> {
    let output = "";
    for (const pipeline of readScript(script)) {
      const ended = await this.#pipeline(pipeline);
      output += ended.output;
      if (ended.code !== 0) return { code: ended.code, output };
    }
    return { code: 0, output };
  }

  async #pipeline(pipeline: Pipeline): Promise<{ code: number; output: string }> {
    let [code, output, piped] = [0, "", ""];
    for (const [index, command] of pipeline.entries()) {
      const input = command.hereText ?? (command.from === undefined ? piped : this.#read(command.from));
      const ended = await this.#command(command, input);
      code = ended.code;
      piped = ended.out;
      const isShown = command.to === undefined && index === pipeline.length - 1;
      output += isShown ? ended.both : ended.err;
      if (command.to !== undefined) {
        this.write(command.to, (command.append ? this.#files.get(command.to) ?? "" : "") + ended.out);
      }
    }
    return { code, output };
  }

  #read(path: string): string {
    const text = this.#files.get(path);
    if (text === undefined) throw new Error(`no file "${path}": an earlier block of the page must write it`);
    return text;
  }

  async #command(command: SimpleCommand, input: string): Promise<Ended> {
    if (command.inner.length > 0) throw new Error("substitutions are not supported in blocks that are run");
    const args = kubewrightArguments(command);
    if (args !== undefined) return await this.#kubewright(args, input);
    const [program = "", ...rest] = command.words;
    const builtin = this.#builtin(program, rest, input);
    if (builtin !== undefined) return printed(builtin);
    if (FILTERS.includes(program)) {
      const files = rest.filter((word) => this.#files.has(word));
      const words = command.words.filter((word) => !files.includes(word));
      return await filter(words, files.length === 0 ? input : files.map((path) => this.#read(path)).join(""));
    }
    const supported = ["kubewright", "cat", "echo", "printf", ...FILTERS].join(", ");
    throw new Error(`"${program}" is not supported in blocks that are run: must be one of ${supported}`);
  }

  /** What a builtin prints; undefined when it is not one. */
  #builtin(program: string, words: readonly string[], input: string): string | undefined {
    if (program === "cat") return words.length === 0 ? input : words.map((path) => this.#read(path)).join("");
    if (program === "echo") return `${words.join(" ")}\n`;
    const [format = "", ...values] = words;
    const next = [...values];
    if (program === "printf") return format.replaceAll("\\n", "\n").replaceAll("%s", () => next.shift() ?? "");
  }

  async #kubewright(args: readonly string[], input: string): Promise<Ended> {
    let [out, err, both] = ["", "", ""];
    const ran = await run(args, unfit({}, Object.fromEntries(this.#files)), input, {
      out(line) {
        out += `${line}\n`;
        both += `${line}\n`;
      },
      err(text) {
        err += text;
        both += text;
      },
    });
    for (const change of ran.changes) {
      if (change.kind === "write") this.write(change.path, await ran.readText(change.path) ?? "");
    }
    return { code: ran.code, out, err, both };
  }
}
