/**
 * How output looks on the terminal that it goes to: whether lines change in place, colours, symbols.
 * @module
 */

/** What a colour stands for; nothing else is coloured. */
export type Meaning = "done" | "warning" | "error";

/** Symbols before a line of a phase, and where a text was cut. */
export interface Symbols {
  busy: string;
  done: string;
  failed: string;
  cut: string;
}

/** How output looks. */
export interface Look {
  /** A line may be drawn over. */
  inPlace: boolean;
  symbols: Symbols;
  /** The text in the colour of its meaning, where there are colours. */
  paint(meaning: Meaning, text: string): string;
}

const COLOURS: Readonly<Record<Meaning, number>> = { done: 32, warning: 33, error: 31 };

const UNICODE: Symbols = { busy: "•", done: "✓", failed: "✗", cut: "…" };
/** For other character sets, and the console of Linux, whose fonts do not have these. */
const ASCII: Symbols = { busy: "..", done: "ok", failed: "!!", cut: "..." };

/** Whether the terminal shows UTF-8. As systemd, a host without a locale is taken for one that does. */
function showsUnicode({ LC_ALL, LC_CTYPE, LANG, TERM }: Readonly<Record<string, string | undefined>>): boolean {
  return TERM !== "linux" && /^$|utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || "");
}

/**
 * The look for a stream, by the variables TERM, NO_COLOR (any value but an empty one) and the locale.
 * @param isTerminal whether the stream is a terminal.
 */
export function lookOf(isTerminal: boolean, environment: Readonly<Record<string, string>>): Look {
  const { TERM = "", NO_COLOR = "" } = environment;
  const inPlace = isTerminal && TERM !== "" && TERM !== "dumb";
  const coloured = inPlace && NO_COLOR === "";
  return {
    inPlace,
    symbols: showsUnicode(environment) ? UNICODE : ASCII,
    paint: (meaning, text) => coloured ? `\x1b[${COLOURS[meaning]}m${text}\x1b[0m` : text,
  };
}
