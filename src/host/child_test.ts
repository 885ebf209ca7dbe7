/** Children that stream, and how they are ended; time passes by hand. @module */
import assert from "node:assert/strict";
import { manualTimer } from "../../tests/fakes/manual_timer.ts";
import { memoryHost } from "../../tests/fakes/memory_host.ts";
import { Interruption, UserError } from "../errors.ts";
import { commandError } from "../programs.ts";
import type { Change, Command, Host } from "../system.ts";
import { GRACE_MS } from "./ending.ts";
import { linuxHost } from "./linux.ts";
import { ANSWER_BYTES, END_BYTES, keepEnd } from "./output.ts";
import { execute } from "./process.ts";
import { recordingHost } from "./recording_host.ts";

const sh = (script: string, more: Omit<Command, "argv"> = {}): Command => ({ argv: ["sh", "-c", script], ...more });

/** A stream of texts; then what `end` does with it. */
function streamOf(
  texts: readonly string[],
  end = (controller: ReadableStreamDefaultController<Uint8Array>) => controller.close(),
): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at === texts.length) return end(controller);
      controller.enqueue(new TextEncoder().encode(texts[at++]));
    },
  });
}

/** A sink, what came in it, and how it ended. */
function sink(write = () => {}) {
  const decoder = new TextDecoder();
  const got = { text: "", end: "" };
  const stream = new WritableStream<Uint8Array>({
    write(piece) {
      write();
      got.text += decoder.decode(piece, { stream: true });
    },
    close: () => void (got.end = "closed"),
    abort: () => void (got.end = "aborted"),
  });
  return { got, stream };
}

/** Whether the process runs: one whose parent is gone may be a zombie for a while. */
function runs(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Waits until none of the processes runs: a signal was sent to each, and the kernel ends them one after another. */
async function allEnded(pids: readonly number[]): Promise<void> {
  for (let i = 0; i < 200 && pids.some(runs); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(pids.filter(runs), [], "processes that still run");
}

/** What a host does with streams and lines: the machine, and the host in memory. */
const HOSTS: Readonly<Record<string, () => Host>> = {
  linux: () => linuxHost(() => {}),
  memory: () =>
    memoryHost({
      commands: {
        cat: (stdin) => stdin,
        "sh -c 'echo one; echo two >&2; printf three'": { code: 0, stdout: "one\nthree", stderr: "two\n" },
      },
    }, () => {}),
};
for (const [kind, open] of Object.entries(HOSTS)) {
  Deno.test(`processes, ${kind}: input and output stream, and lines are told`, async () => {
    const host = open();
    const { got, stream } = sink();
    const output = await host.query({ argv: ["cat"], stdin: streamOf(["a\n", "b"]), stdout: stream });
    assert.deepEqual([output.stdout, got], ["", { text: "a\nb", end: "closed" }]);
    const lines: string[] = [];
    const told = sh("echo one; echo two >&2; printf three", { onLine: (line, from) => lines.push(`${from} ${line}`) });
    assert.equal((await host.query(told)).stdout, "one\nthree");
    assert.deepEqual(lines.sort(), ["stderr two", "stdout one", "stdout three"]);
    await host.run({ argv: ["cat"], stdin: streamOf(["x"]), stdout: sink().stream });
    const refused = sink();
    const none = await host.query({ argv: ["no-such"], stdin: streamOf(["x"]), stdout: refused.stream });
    assert.deepEqual([none.failure, refused.got.end], ["not found", "aborted"]);
  });
}

Deno.test("processes: lines come while the program runs, and are cut", async () => {
  const answer = Promise.withResolvers<string>();
  const stdin = new ReadableStream<Uint8Array>({
    async pull(controller) {
      controller.enqueue(new TextEncoder().encode(`${await answer.promise}\n`));
      controller.close();
    },
  });
  const lines: string[] = [];
  const onLine = (line: string) => {
    lines.push(line);
    answer.resolve("seen");
  };
  await execute(sh("echo 'ä first'; read x; echo $x; head -c 100000 /dev/zero | tr '\\0' z; echo; echo last", {
    stdin,
    onLine,
  }));
  assert.deepEqual(lines, ["ä first", "seen", `${"z".repeat(4096)}…`, "last"]);
});

Deno.test("processes: a dry run lets go of the streams, and its Change is data", async () => {
  const changes: Change[] = [];
  let cancelled = false;
  const stdin = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) });
  const { got, stream } = sink();
  await recordingHost(linuxHost(() => {}), (it) => changes.push(it)).run({ argv: ["cat"], stdin, stdout: stream });
  assert.deepEqual([cancelled, got.end], [true, "closed"]);
  assert.deepEqual(changes, [{ kind: "run", command: { argv: ["cat"] } }]);
});

Deno.test("processes: a program that prints without end is ended, or only its end is kept", async () => {
  const output = await execute(sh("yes"));
  assert.deepEqual([output.failure, output.stdout, output.limit], ["too long", "", ANSWER_BYTES]);
  assert.match(
    commandError(sh("yes"), output).message,
    /^Cannot run "sh -c yes": it printed more than 67108864 bytes$/,
  );
  const many = await execute(sh("seq 1000000; seq 1000000 >&2; exit 3"), { forEffect: true });
  for (const text of [many.stdout, many.stderr]) {
    assert.equal(text.length, END_BYTES + 1);
    assert.ok(text.startsWith("…") && text.endsWith("\n999999\n1000000\n"));
  }
});

Deno.test("keepEnd() keeps the last bytes, however they come", () => {
  const kept = (limit: number, ...pieces: string[]) => {
    const keep = keepEnd(limit);
    for (const piece of pieces) keep.add(new TextEncoder().encode(piece));
    return keep.text();
  };
  assert.equal(kept(4, "abcd"), "abcd");
  assert.equal(kept(4, "ab", "cd"), "abcd");
  assert.equal(kept(4, "ab", "cde"), "…bcde");
  assert.equal(kept(4, "a", "b", "c", "d", "e"), "…bcde");
  assert.equal(kept(4, "abcdefg", "h"), "…efgh");
  assert.equal(kept(4), "");
});

Deno.test("processes: at its time limit a command ends with all that it started, by SIGTERM", async () => {
  const { timer, due, waiting } = manualTimer();
  const pids: number[] = [];
  const command = sh("echo $$; sleep 3600 & echo $!; wait", {
    timeoutMs: 30_000,
    onLine: (line) => pids.push(Number(line)),
  });
  const running = execute(command, { timer });
  while (pids.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await due(30_000);
  const output = await running;
  assert.deepEqual([output.failure, output.limit, output.signal], ["timed out", 30_000, "SIGTERM"]);
  assert.match(commandError(command, output).message, /^Cannot run "sh -c .*": it did not end within 30 s:?/);
  assert.deepEqual(waiting(), [], "a timer is left");
  await allEnded(pids);
});

Deno.test("processes: what ignores SIGTERM is killed when the grace is over", async () => {
  const { timer, due } = manualTimer();
  const ready = Promise.withResolvers<void>();
  const running = execute(
    sh("trap '' TERM; echo; while :; do sleep 3600; done", { timeoutMs: 30_000, onLine: () => ready.resolve() }),
    { timer },
  );
  await ready.promise;
  await due(30_000);
  await due(GRACE_MS.limit);
  const { failure, signal } = await running;
  assert.deepEqual([failure, signal], ["timed out", "SIGKILL"]);
});

Deno.test("processes: who left the group and holds the output is not waited for", async () => {
  const { timer, due } = manualTimer();
  const pid = Promise.withResolvers<number>();
  const running = execute(
    sh("exec setsid sh -c 'echo $$; exec sleep 3600' &", {
      timeoutMs: 30_000,
      onLine: (line) => pid.resolve(Number(line)),
    }),
    { timer },
  );
  const escaped = await pid.promise;
  await due(30_000);
  await due(GRACE_MS.limit);
  await due(1_000);
  assert.equal((await running).failure, "timed out");
  Deno.kill(escaped, "SIGKILL");
});

Deno.test("processes: limits of commands that have none", async () => {
  for (const [forEffect, limit] of [[false, 60_000], [true, 300_000]] as const) {
    const { timer, due } = manualTimer();
    const running = execute({ argv: ["sleep", "3600"] }, { timer, forEffect });
    await due(limit);
    assert.deepEqual([(await running).failure, (await running).limit], ["timed out", limit]);
  }
});

Deno.test("processes: when the run is interrupted, a child that ignores SIGTERM is killed after 300 ms", async () => {
  const { timer, due } = manualTimer();
  const controller = new AbortController();
  const ready = Promise.withResolvers<void>();
  const running = execute(
    sh("trap '' TERM; echo; while :; do :; done", { onLine: () => ready.resolve() }),
    { timer, signal: controller.signal },
  );
  await ready.promise;
  controller.abort(new Interruption("SIGINT"));
  await due(300);
  assert.deepEqual([(await running).failure, (await running).signal], ["killed", "SIGKILL"]);
  await assert.rejects(execute({ argv: ["true"] }, { signal: controller.signal }), Interruption);
});

Deno.test("processes: trouble of a stream ends the program, and is what is thrown", async () => {
  const source = streamOf(["part"], (controller) => controller.error(new UserError("Cannot get it: it broke off")));
  const { got, stream } = sink();
  await assert.rejects(execute({ argv: ["cat"], stdin: source, stdout: stream }), /^UserError: Cannot get it/);
  assert.equal(got.end, "aborted");
  const full = sink(() => {
    throw new UserError("Cannot write it: the disk is full");
  });
  await assert.rejects(execute(sh("yes", { stdout: full.stream })), /the disk is full/);
  await assert.rejects(
    execute(sh("yes", {
      timeoutMs: 60_000,
      onLine() {
        throw new UserError("Cannot show it");
      },
    })),
    /Cannot show it/,
  );
});

Deno.test("processes: a source is let go when the program ends without reading it", async () => {
  let cancelled = false;
  const stdin = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    cancel: () => void (cancelled = true),
  });
  assert.equal((await execute({ argv: ["true"], stdin })).code, 0);
  assert.ok(cancelled);
  const idle = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) });
  cancelled = false;
  assert.equal((await execute({ argv: ["true"], stdin: idle })).code, 0);
  assert.ok(cancelled);
});
