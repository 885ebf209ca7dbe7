/** Runs the system's openssl for tests: a second opinion on everything that is written here. @module */

/** Whether there is an openssl to ask. */
export const hasOpenssl = await (async () => {
  try {
    return (await new Deno.Command("openssl", { args: ["version"], stdout: "null" }).output()).success;
  } catch {
    return false;
  }
})();

/**
 * Runs openssl in a directory of its own that holds the files given, and returns what it printed.
 * @throws {Error} with its standard error, when it fails.
 */
export async function openssl(args: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<string> {
  const cwd = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${cwd}/${name}`, text);
    const { success, stdout, stderr } = await new Deno.Command("openssl", { args: [...args], cwd }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    if (!success) throw new Error(`openssl ${args.join(" ")}: ${text(stderr)}${text(stdout)}`);
    return text(stdout);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}
