/** What a command shows on a terminal of its own. */
export interface Recorded {
  code: number;
  /** What `script(1)` wrote, and when each part of it came. */
  file: Uint8Array;
  timing: string;
}

/**
 * Runs a command line of a shell on a new terminal of this size.
 * @throws {Deno.errors.NotFound} without script(1), which util-linux has.
 */
export async function record(command: string, { columns, rows }: { columns: number; rows: number }): Promise<Recorded> {
  const folder = await Deno.makeTempDir({ prefix: "terminal-" });
  const [file, timing] = [`${folder}/file`, `${folder}/timing`];
  try {
    const sized = `stty cols ${columns} rows ${rows}; ${command}`;
    const { code } = await new Deno.Command("script", {
      args: ["--quiet", "--return", "--log-out", file, "--log-timing", timing, "--command", sized],
      env: { SHELL: "/bin/sh", TERM: "xterm-256color" },
      stdin: "null",
      stdout: "null",
    }).output();
    return { code, file: await Deno.readFile(file), timing: await Deno.readTextFile(timing) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
