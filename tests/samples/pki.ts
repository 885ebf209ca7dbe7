/** The certificates and kubeconfigs of a node on a host that is only files: what tests of them start from. @module */
import "../fakes/rsa_keys.ts";
import assert from "node:assert/strict";
import { missingKeys } from "../../src/node/pki/kubeconfigs.ts";
import { fake } from "../fakes/fake.ts";
import { sampleNode } from "./config.ts";
import type { ControlPlaneNode } from "../../src/cluster/control_plane/node.ts";
import { InvalidInput } from "../../src/errors.ts";
import { startKeys } from "../../src/pki/key_pool.ts";
import type { Host } from "../../src/system.ts";
import { certs, type CertsContext } from "../../src/phases/certs.ts";
import { kubeconfig } from "../../src/phases/kubeconfig.ts";
import { runPhases } from "../../src/phases/phase.ts";

/** The time of every such host. */
export const NOW = new Date("2026-11-22T17:00:00Z");
/** Where its certificates are. */
export const PKI = "/etc/kubernetes/pki";

/** Of cheap keys. */
export function sampleWithCheapKeys(change: (node: ControlPlaneNode) => void = () => {}): ControlPlaneNode {
  const node = structuredClone(sampleNode({ encryptionAlgorithm: "ECDSA-P256" }));
  change(node);
  return node;
}

/** A host that is only files; `writes` are the paths in the order in which they were written. Breaks after so many writes. */
export function memoryHost(files: Map<string, { text: string; mode: number }>, writesUntilKilled = Infinity) {
  const writes: string[] = [];
  const host = fake<Host>("host", {
    now: () => NOW,
    cpus: () => 2,
    uid: () => 0,
    query: () => Promise.resolve({ code: 127, stdout: "", stderr: "" }),
    stat: (path) => {
      const file = files.get(path);
      const about = { kind: "file", uid: 0, gid: 0, modified: NOW } as const;
      return Promise.resolve(file && { ...about, mode: file.mode, size: file.text.length });
    },
    readText: (path) => Promise.resolve(files.get(path)?.text),
    read: (path) => {
      const file = files.get(path);
      return Promise.resolve(file && new TextEncoder().encode(file.text));
    },
    put: ({ path, content, mode }) => {
      if (writes.length >= writesUntilKilled) return Promise.reject(new Error("killed"));
      writes.push(path);
      files.set(path, {
        text: content instanceof Uint8Array ? new TextDecoder().decode(content) : String(content),
        mode,
      });
      return Promise.resolve();
    },
  });
  return { host, writes };
}

/** Content and mode by path. */
export type Files = Map<string, { text: string; mode: number }>;

/** What `init` does with certificates and kubeconfigs. */
export async function init(files: Files, node = sampleWithCheapKeys(), writesUntilKilled = Infinity, now = NOW) {
  const { host, writes } = memoryHost(files, writesUntilKilled);
  host.now = () => now;
  const warnings: string[] = [];
  const generated = await missingKeys(host, node, []);
  const context: CertsContext = {
    host,
    node,
    keys: startKeys(generated, node.cluster.encryptionAlgorithm, 2),
    startedAt: now,
    warn: (message) => warnings.push(message),
  };
  try {
    await runPhases([certs, kubeconfig], context, { skip: [] }, {
      started() {},
      finished() {},
      failed() {},
    });
  } finally {
    await Promise.all(generated.map((name) => context.keys.take(name))); // nothing goes on after the test
  }
  return { writes, warnings, generated };
}

/** Why `init` refuses the files, of which none may change. */
export async function refusal(files: Files, node = sampleWithCheapKeys()): Promise<InvalidInput> {
  const before = new Map(files);
  let refused: unknown;
  await init(files, node).catch((error) => refused = error);
  assert.ok(refused instanceof InvalidInput, `not refused: ${refused}`);
  assert.deepEqual(files, before, "files were changed before the refusal");
  return refused;
}

export const clone = (files: Files): Files => new Map(files);
export const text = (files: Files, path: string) => files.get(path)!.text;
export const put = (files: Files, path: string, text: string) => files.set(path, { text, mode: 0o600 });
/** All that `init` makes. */
export const fresh: Files = new Map<string, { text: string; mode: number }>();
await init(fresh);
