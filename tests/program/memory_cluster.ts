/**
 * A control plane node and a cluster in memory, for runs of the whole program.
 *
 * @module
 */

import type { MemoryHostOptions } from "../fakes/memory_host.ts";
import { type RecordedObjects, recordingApi } from "../../src/kube/recording.ts";
import { fresh, NOW } from "../samples/pki.ts";
import type { KubeClient, KubeObject } from "../../src/system.ts";
import { FIT, type World } from "./program.ts";

/** A host with the keys, certificates and kubeconfigs of a control plane node; those of `without` are not there. */
export function node(without: readonly string[] = [], files: Record<string, string> = {}): MemoryHostOptions {
  const there = [...fresh].filter(([path]) => !without.includes(path)).map(([path, { text }]) => [path, text]);
  return {
    ...FIT,
    now: NOW,
    hostname: "k1",
    addresses: [{ interface: "eth0", address: "10.77.0.21", family: "IPv4" }],
    files: { ...FIT.files, ...Object.fromEntries(there), ...files },
  };
}

/** A cluster in memory, and what is in it. */
export function cluster(...objects: KubeObject[]): { world: World; objects: RecordedObjects } {
  const known: RecordedObjects = new Map();
  const empty = (server: string): KubeClient => ({
    server,
    probe(path) {
      const object = objects.find(({ metadata }) => path.endsWith(`/${metadata.name}`));
      return Promise.resolve({ status: 200, body: object ? JSON.stringify(object) : "ok" });
    },
    get: (wanted) =>
      Promise.resolve(objects.find(({ kind, metadata }) => kind === wanted.kind && metadata.name === wanted.name)),
    list: () => Promise.resolve([]),
    apply: () => Promise.reject(new Error("only the overlay is changed")),
    patch: () => Promise.reject(new Error("only the overlay is changed")),
    delete: () => Promise.reject(new Error("only the overlay is changed")),
  });
  return { world: { connect: ({ server }) => recordingApi(empty(server), known, () => {}) }, objects: known };
}
