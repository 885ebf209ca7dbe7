/**
 * Reads the output of `systemctl show`: unexpected text is an error, never a state.
 * @module
 */
import { UserError } from "../errors.ts";
import type { TimerState, UnitState } from "../system.ts";

/** The properties of a unit that are read; systemd omits those that a type of unit does not have. */
export const UNIT_PROPERTIES: readonly string[] = [
  ...["LoadState", "ActiveState", "SubState", "UnitFileState", "Result", "NRestarts", "ExecMainStatus"],
  ...["ActiveEnterTimestamp", "ActiveEnterTimestampMonotonic", "NeedDaemonReload"],
  ...["ConditionResult", "ConditionTimestampMonotonic", "AssertResult", "AssertTimestampMonotonic"],
];

/** The properties of a timer that are read. */
export const TIMER_PROPERTIES: readonly string[] = [
  ...["LoadState", "ActiveState", "UnitFileState", "Result", "Unit"],
  ...["NextElapseUSecRealtime", "NextElapseUSecMonotonic", "LastTriggerUSec"],
];

/** What systemd prints for an absent time: nothing (252), or one of these words. */
const NEVER = new Set(["", "0", "n/a", "infinity"]);

/** `Name=value` lines. */
export type Properties = ReadonlyMap<string, string>;

/** Reads one block of properties. */
export function propertiesOf(text: string): Properties {
  return new Map(
    text.split("\n").map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

/** The blocks of several units, in their order, separated by empty lines. */
export function blocksOf(text: string): Properties[] {
  return text.trim().split(/\n\n+/).map(propertiesOf);
}

/** Whether it is a unit's block. */
export function isUnit(properties: Properties): boolean {
  return Boolean(properties.get("LoadState") && properties.get("ActiveState"));
}

/** A unit. */
export function unitState(properties: Properties): UnitState {
  const word = (name: string) => properties.get(name) ?? "";
  const number = (name: string) => Number(properties.get(name) ?? 0) || 0; // "[not set]"
  const since = word("ActiveEnterTimestamp");
  return {
    load: word("LoadState"),
    active: word("ActiveState"),
    sub: word("SubState"),
    enabled: word("UnitFileState"),
    result: word("Result"),
    restarts: number("NRestarts"),
    exitStatus: number("ExecMainStatus"),
    ...(NEVER.has(since) ? {} : { activeSince: new Date(timestamp(since)) }),
    activeSinceBoot: number("ActiveEnterTimestampMonotonic") / 1e6,
    needsReload: word("NeedDaemonReload") === "yes",
    // Before the first try all results are "no".
    conditionFailed: word("Result") === "exec-condition" ||
      ["Condition", "Assert"].some((kind) => number(`${kind}TimestampMonotonic`) > 0 && word(`${kind}Result`) === "no"),
    triedSinceBoot: number("ConditionTimestampMonotonic") / 1e6,
  };
}

/** Whether the boot time is required to compute when the timer elapses next. */
export function countsFromBoot(properties: Properties): boolean {
  return !NEVER.has(properties.get("NextElapseUSecMonotonic") ?? "");
}

/**
 * A timer. It may have a calendar time and one counted from boot: the earlier one is the next.
 * @param bootedAt ms since 1970; only used for times counted from boot.
 * @throws {UserError} when a time cannot be read.
 */
export function timerState(properties: Properties, bootedAt: number): TimerState {
  const word = (name: string) => properties.get(name) ?? "";
  const next = [
    ...NEVER.has(word("NextElapseUSecRealtime")) ? [] : [timestamp(word("NextElapseUSecRealtime"))],
    ...countsFromBoot(properties) ? [bootedAt + timespan(word("NextElapseUSecMonotonic")) * 1_000] : [],
  ];
  const last = word("LastTriggerUSec");
  return {
    load: word("LoadState"),
    active: word("ActiveState"),
    enabled: word("UnitFileState"),
    result: word("Result"),
    starts: word("Unit"),
    ...(next.length === 0 ? {} : { next: new Date(Math.min(...next)) }),
    ...(NEVER.has(last) ? {} : { last: new Date(timestamp(last)) }),
  };
}

/**
 * Milliseconds since 1970 of "Thu 2026-11-26 02:17:00 UTC": systemctl prints this format with any `--timestamp` (seen with
 * 252), in the time zone of its environment, which is UTC for all programs (`process.ts`).
 */
function timestamp(text: string): number {
  const parts = /^\w{3} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) UTC$/.exec(text);
  const ms = parts === null ? NaN : Date.parse(`${parts[1]}T${parts[2]}Z`);
  if (Number.isNaN(ms)) throw unreadable(text, "Thu 2026-11-26 02:17:00 UTC");
  return ms;
}

/** Seconds of systemd's units of time (systemd.time(7)); a month is a twelfth of 365.25 days. */
const SECONDS: Readonly<Record<string, number>> = {
  y: 31_557_600,
  month: 2_629_800,
  w: 604_800,
  d: 86_400,
  h: 3_600,
  min: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
};

/** Seconds of "2month 4w 1d 11h 57min 9.332206s". */
function timespan(text: string): number {
  return text.split(" ").reduce((sum, part) => {
    const [, number, unit] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(part) ?? [];
    const seconds = SECONDS[unit ?? ""];
    if (seconds === undefined) throw unreadable(text, "1h 2min 3.5s");
    return sum + Number(number) * seconds;
  }, 0);
}

function unreadable(text: string, wanted: string): UserError {
  return new UserError(`Cannot read a time in the answer of systemctl: "${text}", expected one like "${wanted}"`);
}
