/** Changes as data. @module */
import type { Command } from "./processes.ts";
import type { KubeObject, ObjectReference } from "./kube.ts";

/** The digest of a file's content: bytes, and SHA-256 as 64 lower-case hexadecimal digits. */
export interface ContentDigest {
  size: number;
  sha256: string;
}

/** IDs of a file's owner and group. */
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
  /** The previous content; absent for a new file. */
  before?: ContentDigest;
  /** The whole content if it is UTF-8 text of at most 64 KiB and not secret. */
  preview?: string;
}

/** One effect, as data. Content with a private key or a token is marked `secret`; only `cli/report.ts` turns Changes into text. */
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
  | { kind: "pull" | "import"; image: string }
  | { kind: "stop"; what: "sandbox" | "container"; name: string; id: string };

/** Receives what changing methods did (or, in a dry run, would do). */
export type ChangeSink = (change: Change) => void;
