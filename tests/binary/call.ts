/**
 * How tests of the compiled program call it.
 * @module
 */

/** What a call left. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Throws, with all that the call left, unless the condition holds. */
export function assert(holds: boolean, what: string, ended?: Ended): asserts holds {
  if (!holds) throw new Error(ended === undefined ? what : `${what}: ${Deno.inspect(ended)}`);
}

/** Calls a program with the environment given, and nothing of this one but the PATH. */
export async function call(
  program: string,
  args: readonly string[],
  { env, ...options }: Deno.CommandOptions & { env: Record<string, string> },
): Promise<Ended> {
  const output = await new Deno.Command(program, {
    ...options,
    args: [...args],
    stdin: "null",
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin", ...env },
  }).output();
  const decoder = new TextDecoder();
  return { code: output.code, stdout: decoder.decode(output.stdout), stderr: decoder.decode(output.stderr) };
}
