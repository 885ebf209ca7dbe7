/**
 * Parses points in time like Go's `time.Parse(time.RFC3339, …)`, which Kubernetes uses. In addition to RFC 3339 it accepts an
 * hour of one digit, a comma before the fraction, and offsets up to 24:60.
 * @see https://github.com/golang/go/blob/go1.26.0/src/time/format.go
 * @module
 */

/** A point in time with its original text. */
export interface Timestamp {
  text: string;
  /** Since 1970, UTC. */
  milliseconds: number;
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([-+])(\d\d):(\d\d))$/;

/** The time, to the millisecond; undefined when it is invalid, such as 30 February. */
export function parseTime(text: string): Timestamp | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const [fraction = "", sign, offsetHours, offsetMinutes] = match.slice(7);
  const [hours, minutes] = [Number(offsetHours ?? 0), Number(offsetMinutes ?? 0)];
  if (hour > 23 || minute > 59 || second > 59 || hours > 24 || minutes > 60) return undefined;
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day);
  // A day that the calendar does not have has become another one.
  if (time.getUTCMonth() !== month - 1 || time.getUTCDate() !== day) return undefined;
  const offset = (hours * 60 + minutes) * (sign === "-" ? -1 : 1);
  time.setUTCHours(hour, minute - offset, second, Number(fraction.padEnd(3, "0").slice(0, 3)));
  return { text, milliseconds: time.getTime() };
}
