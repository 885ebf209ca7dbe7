/**
 * The parts of Markdown that checks of the documentation need: code blocks, headings, links and code spans.
 * @module
 */

/** A fenced code block. */
export interface Block {
  /** First word of the info string: `sh`. GitHub highlights by it and ignores the rest. */
  language: string;
  /** The other words of the info string: `run`, `lab=cp`; one without `=` has the value "". */
  marks: Readonly<Record<string, string>>;
  text: string;
  /** Line of the opening fence, from 1. */
  line: number;
  /** Number of headings above it. */
  section: number;
}

/** A link, with the line it is in. */
export interface Link {
  target: string;
  line: number;
}

/** What a page holds. */
export interface Page {
  blocks: readonly Block[];
  links: readonly Link[];
  /** Anchors that links can point to, without `#`. */
  anchors: ReadonlySet<string>;
  /** Text in backticks outside of code blocks. */
  spans: readonly { text: string; line: number }[];
}

const FENCE = /^(\s*)(`{3,}|~{3,})\s*([^`]*)$/;
const HEADING = /^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$/;
const SPAN = /(`+)(?!`)(.+?)(?<!`)\1(?!`)/g;

/** The anchor that GitHub gives a heading. */
export function anchorOf(heading: string): string {
  const text = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/<[^>]*>/g, "");
  return text.toLowerCase().replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, "").replaceAll(" ", "-");
}

function marksOf(info: string): { language: string; marks: Record<string, string> } {
  const [language = "", ...words] = info.trim().split(/\s+/);
  const marks = words.map((word) => {
    const at = word.indexOf("=");
    return at < 0 ? [word, ""] : [word.slice(0, at), word.slice(at + 1)];
  });
  return { language, marks: Object.fromEntries(marks) };
}

/** Reads a page. A code block without an end goes to the end of the page. */
export function readPage(text: string): Page {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  const links: Link[] = [];
  const spans: { text: string; line: number }[] = [];
  const headings: string[] = [];
  const anchors = new Set<string>();
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1;
    const [, indent = "", fence, info = ""] = FENCE.exec(lines[at]!) ?? [];
    if (fence !== undefined) {
      const content: string[] = [];
      const end = new RegExp(`^\\s*${fence[0]}{${fence.length},}\\s*$`);
      for (at++; at < lines.length && !end.test(lines[at]!); at++) {
        content.push(lines[at]!.startsWith(indent) ? lines[at]!.slice(indent.length) : lines[at]!.trimStart());
      }
      blocks.push({ ...marksOf(info), text: content.join("\n"), line, section: headings.length });
      continue;
    }
    const heading = HEADING.exec(lines[at]!)?.[1];
    if (heading !== undefined) {
      const anchor = anchorOf(heading);
      const before = headings.filter((one) => one === anchor).length;
      headings.push(anchor);
      anchors.add(before === 0 ? anchor : `${anchor}-${before}`);
    }
    for (const [, , text] of lines[at]!.matchAll(SPAN)) spans.push({ text: text!.trim(), line });
    // What is code is not a link, but may be the text of one.
    const prose = lines[at]!.replace(SPAN, "code");
    for (const [, id] of prose.matchAll(/<\w+ [^>]*\b(?:id|name)="([^"]+)"/g)) anchors.add(id!);
    const targets = [
      ...prose.matchAll(/\]\(\s*(?:<([^>]*)>|([^\s)]+))(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/g),
      ...prose.matchAll(/^ {0,3}\[[^\]]+\]:\s+(?:<([^>]*)>|(\S+))/g),
      ...prose.matchAll(/<\w+ [^>]*\b(?:href|src|srcset)="()([^"]+)"/g),
    ];
    for (const [, bracketed, bare] of targets) links.push({ target: bracketed || bare!, line });
  }
  return { blocks, links, anchors, spans };
}

/** The block in which a page shows the output of another: the next one, when it is `text` and below the same heading. */
export function outputOf(page: Page, block: Block): Block | undefined {
  const next = page.blocks[page.blocks.indexOf(block) + 1];
  return next?.language === "text" && next.section === block.section ? next : undefined;
}
