/** What was changed, as data. @module */
import type { Command } from "./processes.ts";
import type { KubeObject, ObjectReference } from "./kube.ts";

/** A file's content in short: bytes, and SHA-256 as 64 lower-case hexadecimal digits. */
export interface ContentDigest {
  size: number;
  sha256: string;
}

/** Numbers of a file's owner and its group. */
export interface Owner {
  uid: number;
  gid: number;
}

/** A file that was written. It is small however large the file is. */
export interface WriteChange extends ContentDigest {
  kind: "write";
  path: string;
  mode: number;
  /** Present where its writer gave it one. */
  owner?: Owner;
  secret?: true;
  /** What was there before; absent when nothing was. */
  before?: ContentDigest;
  /** The whole content where that is UTF-8 text of at most 64 KiB; never of what is secret. */
  preview?: string;
}

/** One effect on the world, as data. What holds a private key or a token says so; only `cli/report.ts` turns it into text. */
export type Change =
  | WriteChange
  | { kind: "directory"; path: string; mode: number }
  | { kind: "remove"; path: string }
  | { kind: "run"; command: Pick<Command, "argv"> }
  | { kind: "wait"; what: string }
  | { kind: "apply"; object: KubeObject; before?: KubeObject; secret?: true }
  | { kind: "patch"; reference: ObjectReference; patch: Record<string, unknown>; secret?: true }
  | { kind: "delete"; reference: ObjectReference }
  | { kind: "delete"; what: "sandbox" | "container"; name: string; id: string }
  | { kind: "delete"; what: "image" | "etcd member"; name: string }
  | { kind: "pull"; image: string }
  | { kind: "stop"; what: "sandbox" | "container"; name: string; id: string };

/** Where changing methods report what they did (or, in a dry run, would do). */
export type ChangeSink = (change: Change) => void;
