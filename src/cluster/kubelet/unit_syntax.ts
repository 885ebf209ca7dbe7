/**
 * Parses systemd units, drop-ins, command lines and environment files, as far as a kubelet's unit needs it.
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Command%20lines
 * @module
 */

/** A unit or a drop-in. */
export interface UnitPart {
  path: string;
  content: string;
}

/** One setting of a unit: `ExecStart=…` in `[Service]`. */
export interface Setting {
  section: string;
  name: string;
  value: string;
}

/** The settings of a unit or drop-in, in order; a line that ends with `\` continues, a line that starts with `#` or `;` is a comment. */
export function unitSettings(text: string): Setting[] {
  const settings: Setting[] = [];
  let section = "";
  const lines = text.split("\n").filter((line) => !/^\s*[#;]/.test(line)).join("\n").replace(/\\\n/g, " ").split("\n");
  for (const line of lines.map((line) => line.trim())) {
    const header = /^\[(.*)\]$/.exec(line);
    if (header) section = header[1]!;
    const at = line.indexOf("=");
    if (!header && at > 0) {
      settings.push({ section, name: line.slice(0, at).trim(), value: line.slice(at + 1).trim() });
    }
  }
  return settings;
}

/** Words separated by white space; quotes group words and are removed, a backslash escapes the next character. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  const pattern = /(?:[^\s"'\\]+|\\[\s\S]?|"(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\]|\\[\s\S])*'?)+/g;
  for (const [word] of text.matchAll(pattern)) words.push(unquoted(word));
  return words;
}

function unquoted(word: string): string {
  return word.replace(
    /"((?:[^"\\]|\\[\s\S])*)"?|'((?:[^'\\]|\\[\s\S])*)'?|\\([\s\S])/g,
    (_, double?: string, single?: string, escaped?: string) =>
      escaped ?? (double ?? single ?? "").replace(/\\([\s\S])/g, "$1"),
  );
}

/** The variables of an environment file (`EnvironmentFile=`), the last assignment of each. */
export function environmentFile(text: string): Map<string, string> {
  const variables = new Map<string, string>();
  const pattern = /^[ \t]*([A-Za-z_]\w*)[ \t]*=[ \t]*((?:"(?:[^"\\]|\\[\s\S])*"|'[^']*'|\\[\s\S]|[^\n"'\\])*)/gm;
  const lines = text.split("\n").filter((line) => !/^\s*[#;]/.test(line)).join("\n");
  for (const [, name, value] of lines.matchAll(pattern)) variables.set(name!, unquoted(value!.trim()));
  return variables;
}

/**
 * The words of a command line: a word `$NAME` expands to the words of its value, `${NAME}` to its value; an unset variable is
 * empty, `$$` is a dollar sign.
 */
export function commandWords(line: string, variables: ReadonlyMap<string, string>): string[] {
  return splitWords(line).flatMap((word) => {
    const [, name] = /^\$([A-Za-z_]\w*)$/.exec(word) ?? [];
    if (name !== undefined) return splitWords(variables.get(name) ?? "");
    return [
      word.replace(
        /\$\{([A-Za-z_]\w*)\}|\$\$/g,
        (match, name?: string) => match === "$$" ? "$" : variables.get(name!) ?? "",
      ),
    ];
  });
}

/** The last value of each flag: `--name=value`, `--name value`, `--name` (empty). */
export function flagValues(words: readonly string[]): Map<string, string> {
  const flags = new Map<string, string>();
  words.forEach((word, i) => {
    const [, name, value] = /^--?([A-Za-z][\w.-]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (name === undefined) return;
    const next = words[i + 1];
    flags.set(name, value ?? (next === undefined || next.startsWith("-") ? "" : next));
  });
  return flags;
}
