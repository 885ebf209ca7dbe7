/** What was changed, as data. @module */
import type { Command } from "./processes.ts";
import type { KubeObject, ObjectReference } from "./kube.ts";

/** One effect on the world, as data. What holds a private key or a token says so; only `cli/report.ts` turns it into text. */
export type Change =
  | { kind: "write"; path: string; mode: number; before?: Uint8Array; after: Uint8Array; secret?: true }
  | { kind: "directory"; path: string; mode: number }
  | { kind: "remove"; path: string }
  | { kind: "run"; command: Command }
  | { kind: "wait"; what: string }
  | { kind: "apply"; object: KubeObject; before?: KubeObject; secret?: true }
  | { kind: "patch"; reference: ObjectReference; patch: Record<string, unknown>; secret?: true }
  | { kind: "delete"; reference: ObjectReference }
  | { kind: "pull"; image: string }
  | { kind: "stop" | "discard"; what: "sandbox" | "container"; name: string; id: string }
  | { kind: "discard"; what: "image" | "etcd member"; name: string };

/** Where changing methods report what they did (or, in a dry run, would do). */
export type ChangeSink = (change: Change) => void;
