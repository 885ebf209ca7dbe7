import type { System } from "../system.ts";
import { realTimer } from "../timer.ts";
import { type Look, lookOf } from "./look.ts";
import { type Progress, terminalProgress } from "./progress.ts";
import { logProgress } from "./progress_log.ts";

/** Standard error as a person sees it: how it looks, and where progress is shown. */
export interface Screen {
  look: Look;
  progress: Progress;
}

/** The screen: a terminal, where lines change in place, or a log. @param write writes text to standard error. */
export function screenOf({ terminal, host }: Pick<System, "terminal" | "host">, write: (text: string) => void): Screen {
  const look = lookOf(terminal.err, host.environment());
  if (!look.inPlace) return { look, progress: logProgress(write) };
  const { columns } = terminal;
  return { look, progress: terminalProgress({ write, columns, now: () => performance.now(), timer: realTimer, look }) };
}
