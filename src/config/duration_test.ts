import assert from "node:assert/strict";
import { duration, formatDuration, milliseconds, parseDuration } from "./duration.ts";

const DURATIONS: readonly (readonly [string, string | undefined])[] = [
  ["24h", "24h0m0s"],
  ["8760h", "8760h0m0s"],
  ["90m", "1h30m0s"],
  ["1h30m", "1h30m0s"],
  ["61s", "1m1s"],
  ["1.5s", "1.5s"],
  ["1.5h", "1h30m0s"],
  [".5s", "500ms"],
  ["1.s", "1s"],
  ["250ms", "250ms"],
  ["1us", "1µs"],
  ["1µs", "1µs"],
  ["1500ns", "1.5µs"],
  ["7ns", "7ns"],
  ["0", "0s"],
  ["0s", "0s"],
  ["-0", "0s"],
  ["-5m", "-5m0s"],
  ["+5m", "5m0s"],
  ["1h1h", "2h0m0s"],
  ["0.1ns", "0s"],
  ["5", undefined],
  ["", undefined],
  ["h", undefined],
  [".s", undefined],
  ["1d", undefined],
  ["1 h", undefined],
  ["--1h", undefined],
  ["2562047h", "2562047h0m0s"],
  ["2562048h", undefined],
];
for (const [text, canonical] of DURATIONS) {
  Deno.test(`duration "${text}" is ${canonical ?? "refused"}`, () => {
    const parsed = parseDuration(text);
    assert.equal(parsed && formatDuration(parsed), canonical);
  });
}

Deno.test("milliseconds are rounded down, and what is no duration is an error", () => {
  assert.deepEqual([milliseconds(duration("4m0s")), milliseconds(duration("1.9ms"))], [240_000, 1]);
  assert.throws(() => duration("soon"), { name: "RangeError", message: '"soon" is not a duration' });
});
