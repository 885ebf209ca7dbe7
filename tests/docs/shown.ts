/**
 * Whether a command printed what a page shows.
 *
 * @module
 */

/** The text as part of a regular expression. */
function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** Whether a text is what a page shows: `…` is any part of a line, and alone in a line any lines. */
export function isShown(shown: string, text: string): boolean {
  const lines = shown.trimEnd().split("\n").map((line) => line.trimEnd());
  const pattern = lines.map((line) =>
    line.trim() === "…" ? "(?:.*\n)*?" : `${line.split("…").map(literal).join(".*")}\n`
  );
  const printed = text.trimEnd().split("\n").map((line) => line.trimEnd()).join("\n");
  return new RegExp(`^${pattern.join("")}$`).test(`${printed}\n`);
}
