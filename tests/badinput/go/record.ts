/**
 * Records what Go reads of mutations of the recorded PEM texts (needs a Go toolchain, which no test does):
 *
 *     deno run -A tests/badinput/go/record.ts [count]
 *
 * @module
 */
import { digest, type Mutation, mutation, reading } from "./mutations.ts";

const FILE = new URL("mutations.json", import.meta.url);

/** What Go says of each. */
async function verdicts(inputs: readonly Mutation[]): Promise<string[]> {
  const lines = inputs.map(({ kind, bytes }) => JSON.stringify({ kind, data: [bytes.toBase64()] }));
  const go = new Deno.Command("go", {
    args: ["run", new URL("verdict.go", import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const output = go.output();
  const input = go.stdin.getWriter();
  await input.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
  await input.close();
  return new TextDecoder().decode((await output).stdout).trimEnd().split("\n").map((line) => JSON.parse(line));
}

if (import.meta.main) {
  const recorded = JSON.parse(await Deno.readTextFile(FILE));
  const count = Number(Deno.args[0] ?? recorded.verdicts?.length ?? 4000);
  const inputs = Array.from({ length: count }, (_, number) => mutation(recorded, number));
  const said = await verdicts(inputs);
  // Go reads some private keys that no tool writes (numbers left away, tags of several bytes); these are refused here.
  const stricter: number[] = [];
  for (const [number, input] of inputs.entries()) {
    const own = await reading(input);
    if (own === said[number]) continue;
    if (input.kind !== "key" || own !== "refused") throw new Error(`${number}: ${own} instead of ${said[number]}`);
    stricter.push(number);
  }
  const inputDigest = await digest((await Promise.all(inputs.map(({ bytes }) => digest(bytes)))).join());
  const short = await Promise.all(said.map(async (text) => text === "refused" ? "r" : await digest(text)));
  const { certificates, keys } = recorded;
  await Deno.writeTextFile(FILE, `${JSON.stringify({ certificates, keys, inputDigest, stricter, verdicts: short })}\n`);
  console.log(
    `${count} recorded, ${short.filter((one) => one === "r").length} refused by Go, ${stricter.length} here alone`,
  );
}
