/**
 * Records what Go reads of mutations of the recorded PEM texts (needs a Go toolchain, which no test does):
 *
 *     deno run -A tests/badinput/go/record.ts [count]
 *
 * @module
 */
import { digest, type Mutation, mutation, numbers, reading, STRICTER } from "./mutations.ts";

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
  const recordedNumbers = numbers(Number(Deno.args[0] ?? 4000));
  const inputs = recordedNumbers.map((number) => mutation(recorded, number));
  const said = await verdicts(inputs);
  // What Go reads and is refused here is listed by reason, and nothing else may differ.
  const { certificates, keys } = recorded;
  const stricter = Object.values(STRICTER).flat();
  for (const [index, number] of recordedNumbers.entries()) {
    const own = await reading(inputs[index]!);
    if (own === said[index]) continue;
    if (own !== "refused") throw new Error(`${number}: ${own} instead of ${said[index]}`);
    if (!stricter.includes(number)) throw new Error(`${number} is refused here alone: it is not in STRICTER`);
  }
  const inputDigest = await digest((await Promise.all(inputs.map(({ bytes }) => digest(bytes)))).join());
  const short = await Promise.all(said.map(async (text) => text === "refused" ? "r" : await digest(text)));
  await Deno.writeTextFile(FILE, `${JSON.stringify({ certificates, keys, inputDigest, verdicts: short })}\n`);
  console.log(
    `${inputs.length} recorded, ${
      short.filter((one) => one === "r").length
    } refused by Go, ${stricter.length} here alone`,
  );
}
