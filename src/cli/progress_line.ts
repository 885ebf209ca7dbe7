/**
 * The line that a terminal shows of what runs: pure, from the moment's state to a text that fits.
 * @module
 */
import type { WaitEvent } from "../system.ts";
import { presentable } from "../text/message.ts";
import { oneLine } from "../text/visible.ts";
import { columnsOf, fit } from "../text/columns.ts";
import type { Symbols } from "./look.ts";

/** What runs at a moment: a phase, a wait in it, or what else it does. */
export interface Current {
  /** For how long, in milliseconds. */
  ms: number;
  /** The oldest of the phases that run. */
  phase: string | undefined;
  morePhases: number;
  /** The oldest wait. */
  wait?: Pick<WaitEvent, "what" | "state"> & { more: number };
  activity?: string;
}

/** A terminal narrower than this gets no columns of its own for symbol and time. */
const NARROW = 60;
/** The part of the room that what is waited for may take, when its state needs the rest. */
const SHARE = 0.5;
/** Columns of a time, so that one stands below the other: `240.0 s`. */
const TIME = 7;

/** The time a phase took: two digits after the point below ten seconds, one from there on. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 9_950 ? 2 : 1)} s`.padStart(TIME);
}

/** What a command is doing, and for how long: `unmounting /mnt, 5 s`. */
export const activityText = (what: string, ms: number): string => `${what}, ${(ms / 1_000).toFixed(0)} s`;

const clean = (text: string) => oneLine(presentable(text));
const andMore = (count: number) => count > 0 ? ` (and ${count} more)` : "";

/** What is waited for and its last state: of what does not fit, the phase goes first, then the words before it, then the ends. */
function waitText({ phase, morePhases, wait }: Current, room: number, cut: string): string {
  const what = clean(wait!.what) + andMore(wait!.more);
  const state = clean(wait!.state);
  const all = state === "" ? what : `${what}: ${state}`;
  // Of several phases at once it is not known which of them waits.
  const lead = phase !== undefined && morePhases === 0 ? [`${phase}: waiting for `] : [];
  for (const words of [...lead, "waiting for "]) {
    const isShort = columnsOf(words + what) <= room * SHARE;
    if (isShort || columnsOf(words + all) <= room) return fit(words + all, room, cut);
  }
  if (state === "") return fit(what, room, cut);
  const forWhat = Math.max(Math.floor(room * SHARE), room - columnsOf(state) - 2);
  return fit(`${fit(what, forWhat, cut)}: ${state}`, room, cut);
}

/** The line, without its last column: a terminal would wrap after that one. */
export function progressLine(current: Current, columns: number, symbols: Symbols): string {
  const { ms, phase, morePhases, wait, activity } = current;
  const time = `${Math.floor(ms / 1_000)} s`;
  const head = columns < NARROW ? `${symbols.busy} ${time} ` : `${symbols.busy} ${time.padStart(TIME)}  `;
  const room = columns - 1 - columnsOf(head);
  const running = `${phase ?? ""}${andMore(morePhases)}`;
  const own = activity === undefined || activity === phase ? "" : clean(activity);
  const text = wait
    ? waitText(current, room, symbols.cut)
    : own === ""
    ? running
    : running === ""
    ? own
    : `${running}: ${own}`;
  return fit(head + fit(text, room, symbols.cut), columns - 1, symbols.cut);
}
