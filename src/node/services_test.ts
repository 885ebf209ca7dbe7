import assert from "node:assert/strict";
import { fake } from "../../tests/fakes/fake.ts";
import { activeSince } from "./services.ts";
import type { Host, UnitState } from "../system.ts";

const SECOND = new Date("2026-11-25T17:51:57Z");

/** Asks at 17:52:12 about a unit that became active so many ms after SECOND, where reading the uptime takes so many ms. */
async function asked(after: number, { reading = 0, slept = 0, uptime = "" } = {}): Promise<number | undefined> {
  const booted = SECOND.getTime() - 1_000_000;
  let now = SECOND.getTime() + 15_003;
  const host = fake<Host>("host", {
    now: () => new Date(now),
    readText(path: string) {
      assert.equal(path, "/proc/uptime");
      const seconds = Math.floor((now - booted + slept) / 10) / 100;
      now += reading;
      return Promise.resolve(uptime || `${seconds.toFixed(2)} 7.00\n`);
    },
  });
  const unit = { activeSince: SECOND, activeSinceBoot: (1_000_000 + after) / 1_000 };
  return (await activeSince(host, unit as UnitState))!.getTime() - SECOND.getTime();
}

Deno.test("since when a unit runs: never before it became active, and late by no more than reading takes", async () => {
  for (const after of [0, 1, 500, 985, 988, 995, 999]) {
    for (const reading of [0, 3, 80, 400]) {
      const found = (await asked(after, { reading }))!;
      assert.ok(found >= after && found <= Math.min(999, after + reading + 10), `${after}, ${reading}: ${found}`);
    }
  }
});

Deno.test("since when a unit runs: the second alone where uptime is counted otherwise than systemd does", async () => {
  assert.equal(await asked(500, { slept: 3_600_000 }), 0);
  assert.equal(await asked(500, { slept: -900_000 }), 0);
  assert.equal(await asked(500, { uptime: "what?" }), 0);
});
