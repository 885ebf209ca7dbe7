/**
 * What happens when in one run of a tool: its phases by what it prints, its processes by when the kernel started them, and
 * what an observer found well; drawn as SVG.
 *
 * @module
 */

import type { Host } from "./host.ts";

/** Something that took some time, or one moment of it; milliseconds since 1970. */
export interface Span {
  name: string;
  from: number;
  to: number;
}

/** One run. */
export interface Timeline {
  tool: string;
  start: number;
  end: number;
  phases: Span[];
  /** The kubelet and the control plane's programs. */
  processes: Span[];
  healthy: Span[];
}

/** A piece of output and when it came. */
export interface Printed {
  at: number;
  text: string;
}

const PROGRAMS = ["kubelet", "etcd", "kube-apiserver", "kube-controller", "kube-scheduler"];

/** When the programs of a control plane were started, from the kernel: to 10 ms. */
export async function processStarts(host: Host): Promise<Span[]> {
  const text = await host.shell("date +%s.%N; cat /proc/uptime /proc/[0-9]*/stat 2>/dev/null || true");
  const [now = "", uptime = "", ...stats] = text.split("\n");
  const boot = Number(now) - Number(uptime.split(" ")[0]);
  return stats.flatMap((line) => {
    const [, name = "", rest = ""] = /^\d+ \((.*)\) (.*)$/.exec(line) ?? [];
    const at = (boot + Number(rest.split(" ")[19]) / 100) * 1_000;
    return PROGRAMS.includes(name) ? [{ name, from: at, to: at }] : [];
  });
}

/**
 * Phases from what a tool prints: JSON events of kubewright, or kubeadm's lines, of which each begins with its phase in
 * brackets and ends the one before.
 */
export function phasesOf(printed: readonly Printed[], end: number): Span[] {
  const lines = printed.flatMap(({ at, text }) => text.split("\n").map((line) => ({ at, line })));
  const spans: Span[] = [];
  const open = new Map<string, Span>();
  for (const { at, line } of lines) {
    if (line.startsWith('{"event":"phase"')) {
      const { phase, state } = JSON.parse(line) as { phase: string; state: string };
      if (state !== "started") open.get(phase)!.to = at;
      else {
        const span = { name: phase, from: at, to: end };
        open.set(phase, span);
        spans.push(span);
      }
    }
    const [, name] = /^\[([a-z-]+)\]/.exec(line) ?? [];
    if (name === undefined || spans.at(-1)?.name === name) continue;
    if (spans.length > 0) spans.at(-1)!.to = at;
    spans.push({ name, from: at, to: end });
  }
  return spans;
}

const [LEFT, WIDTH, ROW] = [190, 900, 16];
const COLOURS = { phases: "#4878a8", processes: "#b06030", healthy: "#3a8a4a" } as const;

const escaped = (text: string) => text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`).replace(/[\p{Cc}]/gu, "");

/** The runs one below the other, all on one scale of seconds. */
export function drawTimelines(title: string, timelines: readonly Timeline[]): string {
  const last = Math.max(
    ...timelines.flatMap(({ start, end, healthy }) => [end, ...healthy.map(({ to }) => to)].map((at) => at - start)),
  ) / 1_000;
  const x = (seconds: number) => (LEFT + seconds / last * (WIDTH - LEFT - 60)).toFixed(1);
  const parts: string[] = [];
  const text = (at: string | number, y: number, words: string, more = "") =>
    parts.push(`<text x="${at}" y="${y}" ${more}>${escaped(words)}</text>`);
  let y = 24;
  text(8, y, title, 'font-weight="bold"');
  for (const { tool, start, end, ...rows } of timelines) {
    y += ROW * 2;
    text(8, y, `${tool}: the command ended after ${((end - start) / 1_000).toFixed(2)} s`, 'font-weight="bold"');
    const top = y + 4;
    for (const kind of ["phases", "processes", "healthy"] as const) {
      for (const { name, from, to } of rows[kind]) {
        y += ROW;
        const [a, b] = [(from - start) / 1_000, (to - start) / 1_000];
        text(LEFT - 8, y, kind === "healthy" ? `${name} is healthy` : name, 'text-anchor="end"');
        const width = Math.max(Number(x(b)) - Number(x(a)), 3).toFixed(1);
        parts.push(`<rect x="${x(a)}" y="${y - 9}" width="${width}" height="10" fill="${COLOURS[kind]}"/>`);
        const words = to > from ? `${a.toFixed(2)} + ${(b - a).toFixed(2)} s` : `${a.toFixed(2)} s`;
        text((Number(x(a)) + Number(width) + 4).toFixed(1), y, words, 'fill="#666"');
      }
    }
    for (let second = 0; second <= last; second++) {
      parts.push(`<path d="M${x(second)} ${top}V${y + 4}" stroke="#ddd"/>`);
    }
  }
  const size = `viewBox="0 0 ${WIDTH} ${y + ROW}" width="${WIDTH}" height="${y + ROW}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="11">\n` +
    `<rect width="100%" height="100%" fill="#fff"/>\n${parts.join("\n")}\n</svg>\n`;
}
