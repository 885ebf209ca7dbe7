/** Runs a program. @module */

/** What it wrote to standard output. Throws with what it said where it ends with none of the codes. */
export async function call(program: string, args: readonly string[], codes = [0]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  if (codes.includes(code)) return new TextDecoder().decode(stdout);
  throw new Error(`Cannot run "${program} ${args.join(" ")}": exit code ${code}: ${new TextDecoder().decode(stderr)}`);
}
