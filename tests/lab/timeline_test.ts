/** What a run's output says of its phases, and the drawing of it. @module */
import assert from "node:assert/strict";
import { drawTimelines, phasesOf } from "./timeline.ts";

Deno.test("timeline: phases of kubewright's events, also within one another, and of kubeadm's lines", () => {
  const event = (phase: string, state: string) => `${JSON.stringify({ event: "phase", phase, state })}\n`;
  const ours = [
    { at: 10, text: event("certs", "started") + event("certs/ca", "started") },
    { at: 30, text: event("certs/ca", "finished") },
    { at: 40, text: event("certs", "finished") + event("wait", "started") },
  ];
  assert.deepEqual(phasesOf(ours, 99), [
    { name: "certs", from: 10, to: 40 },
    { name: "certs/ca", from: 10, to: 30 },
    { name: "wait", from: 40, to: 99 },
  ]);
  const theirs = [{ at: 1, text: "[init] Using\n[preflight] Running\n" }, {
    at: 5,
    text: "\t[WARNING x]\n[certs] a\n[certs] b\n",
  }];
  assert.deepEqual(phasesOf(theirs, 9), [
    { name: "init", from: 1, to: 1 },
    { name: "preflight", from: 1, to: 5 },
    { name: "certs", from: 5, to: 9 },
  ]);
});

Deno.test("timeline: drawn on one scale, with nothing of the text as markup", () => {
  const span = (name: string, from: number, to = from) => ({ name, from, to });
  const svg = drawTimelines("RSA-2048", [
    { tool: "a", start: 0, end: 1_000, phases: [span("<x&y>", 0, 500)], processes: [span("etcd", 700)], healthy: [] },
    { tool: "b", start: 500, end: 1_500, phases: [], processes: [], healthy: [span("kube-apiserver", 2_500)] },
  ]);
  assert.match(svg, /<text [^>]*>&#60;x&#38;y&#62;<\/text>/);
  assert.match(svg, />0\.00 \+ 0\.50 s</);
  assert.match(svg, />kube-apiserver is healthy</);
  assert.match(svg, />2\.00 s</);
  assert.ok(!/NaN|Infinity|undefined/.test(svg));
});
