/** What a module can reach outside of itself, by the names that it uses. @module */

/** By what is reached, the names that lead to it; a module without them can compute, and nothing else. */
const REACH: Readonly<Record<string, RegExp>> = {
  Deno: /\bDeno\s*(?:\?\.|\.|\[)\s*["']?\w*/g,
  Node: /["']node:[\w/]+["']|\brequire\s*\(/g,
  process: /\bprocess\s*(?:\?\.|\.|\[)\s*["']?\w*/g,
  network: /\bfetch\s*\(|\bnew\s+(?:WebSocket|EventSource|XMLHttpRequest|WebTransport)\b/g,
  code: /\beval\s*\(|\bnew\s+Function\b|\bFunction\s*\(|\bimport\s*\(|\bWebAssembly\b|\bnew\s+(?:Shared)?Worker\b/g,
  "global object": /\b(?:globalThis|window|self|global)\s*(?:\?\.|\.|\[)\s*["']?\w*/g,
  storage: /\b(?:localStorage|sessionStorage|indexedDB|caches)\b/g,
  host: /\bnavigator\s*\.\s*\w+/g,
};

/** `what: names` for all that the text of a module reaches; comments do not count. */
export function reachOf(text: string): string[] {
  const code = text.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
  return Object.entries(REACH).flatMap(([what, names]) => {
    const found = [...new Set(code.match(names)?.map((name) => name.replace(/\s+/g, "")))];
    return found.length === 0 ? [] : [`${what}: ${found.join(" ")}`];
  });
}
