import assert from "node:assert/strict";
import { fake } from "../../tests/fakes/fake.ts";
import { inShort, TimedOut, UserError } from "../errors.ts";
import type { KubeClient, ProbeResult, WaitEvent } from "../system.ts";
import { waitUntil } from "./wait.ts";
import { watchedKube, watchOf } from "./watched.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("waitUntil() gives signs of life while nothing changes, also while a probe is busy", async () => {
  const events: WaitEvent[] = [];
  const wait = { what: "x to be y", timeoutMs: 30_000, assume: undefined };
  const same: ProbeResult<undefined> = { done: false, state: "a\n  next: b" };
  const enough = (list: readonly WaitEvent[]) => list.length >= 4;
  const unchanged = () => Promise.resolve(enough(events) ? { done: true as const, value: undefined } : same);
  await waitUntil({ ...wait, probe: unchanged }, (event) => events.push(event), 20);
  assert.ok(events.filter(({ state, done }) => state === "a; next: b" && !done).length >= 3, `${events.length}`);
  assert.deepEqual(events.at(-1)!.done, true);
  const busy: WaitEvent[] = [];
  const hanging = async () => {
    while (!enough(busy)) await pause(5);
    return { done: true as const, value: undefined };
  };
  await waitUntil({ ...wait, probe: hanging }, (event) => busy.push(event), 20);
  assert.ok(busy.every(({ elapsedMs }, i) => elapsedMs >= (busy[i - 1]?.elapsedMs ?? 0)));
});

Deno.test("waitUntil() ends when its time is over, with the last state", async () => {
  const probe = () => Promise.resolve({ done: false as const, state: "not yet" });
  await assert.rejects(
    waitUntil({ what: "x", timeoutMs: 50, intervalMs: 5, assume: undefined, probe }),
    (error) => error instanceof TimedOut && /not yet/.test(error.message),
  );
});

Deno.test("waitUntil() tells what it has reached only when it has", async () => {
  const reached: number[] = [];
  const wait = { what: "x", timeoutMs: 50, intervalMs: 5, assume: 0, reached: (value: number) => reached.push(value) };
  await assert.rejects(waitUntil({ ...wait, probe: () => Promise.resolve({ done: false, state: "no" }) }));
  assert.deepEqual(reached, []);
  await waitUntil({ ...wait, probe: () => Promise.resolve({ done: true, value: 7 }) });
  assert.deepEqual(reached, [7]);
});

Deno.test("a call that takes long is shown with why it is tried again, a short one is not", async () => {
  const events: WaitEvent[] = [];
  const watch = watchOf((event) => events.push(event), { quietMs: 40, tickMs: 10 });
  await watch("short", pause(1));
  assert.equal(events.length, 0);
  const client = watchedKube(watch, (onRetry) =>
    fake<KubeClient>("API client", {
      server: "https://a",
      async get() {
        onRetry("connection refused");
        while (events.length < 3) await pause(5);
      },
    }));
  await client.get({ apiVersion: "v1", kind: "Node", name: "a" });
  assert.deepEqual(
    new Set(events.map(({ what, state }) => `${what}: ${state}`)),
    new Set([
      'the API server "https://a" to answer: connection refused',
    ]),
  );
  assert.equal(events.at(-1)!.done, true);
});

Deno.test("inShort() is one line with the innermost cause", () => {
  const cause = new Error("outer", { cause: new Error("UNABLE_TO_VERIFY_LEAF_SIGNATURE") });
  assert.equal(
    inShort(new UserError("Cannot get it:\n  refused", { cause })),
    "Cannot get it:; refused (UNABLE_TO_VERIFY_LEAF_SIGNATURE)",
  );
  const raw = new TypeError("error sending request for url (https://k1:6443/): client error (Connect)");
  assert.equal(
    inShort(new UserError("Cannot reach it: connection refused", { cause: raw })),
    "Cannot reach it: connection refused",
  );
});
