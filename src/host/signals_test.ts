import assert from "node:assert/strict";

const MODULE = new URL("./signals.ts", import.meta.url).href;
const SCRIPT = `
  import { processSignals } from "${MODULE}";
  const signals = processSignals(Deno.exit);
  signals.signal.addEventListener("abort", () => console.log("aborted: " + signals.signal.reason.signal));
  await signals.listen();
  console.log("listening");
  setInterval(() => {}, 1_000);
`;

/** Starts the script in a shell that first does this; sends each signal when the line before it is there. */
async function ended(first: string, steps: readonly (readonly [line: string, signal: Deno.Signal])[]) {
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(script, SCRIPT);
    const child = new Deno.Command("/bin/sh", {
      args: ["-c", `${first}; exec "$@"`, "sh", Deno.execPath(), "run", "--no-check", "-A", script],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let said = "";
    const left = [...steps];
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      said += text;
      while (left.length > 0 && said.includes(`${left[0]![0]}\n`)) child.kill(left.shift()![1]);
    }
    return { code: (await child.status).code, said };
  } finally {
    await Deno.remove(script);
  }
}

Deno.test("signals: the first aborts, the second ends the process at once with its code", async () => {
  const { code, said } = await ended(":", [["listening", "SIGTERM"], ["aborted: SIGTERM", "SIGINT"]]);
  assert.deepEqual([code, said], [130, "listening\naborted: SIGTERM\n"]);
});

Deno.test("signals: what the caller ignores, as nohup does, stays ignored", async () => {
  const { code, said } = await ended('trap "" HUP INT', [
    ["listening", "SIGHUP"],
    ["listening", "SIGINT"],
    ["listening", "SIGTERM"],
    ["aborted: SIGTERM", "SIGTERM"],
  ]);
  assert.deepEqual([code, said], [143, "listening\naborted: SIGTERM\n"]);
});
