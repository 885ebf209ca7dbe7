/** Types of the used part of std's YAML loader; its npm build has none. */

/** A type of value: the texts that it matches, and their values. */
export interface ScalarType {
  tag: string;
  kind: "scalar" | "sequence" | "mapping";
  resolve(data: unknown): boolean;
  construct(data: unknown): unknown;
}

/** The types of a schema. */
export interface LoaderSchema {
  /** Tried in order on plain scalars. */
  implicitTypes: readonly ScalarType[];
  /** By kind, then by tag. */
  typeMap: Readonly<Record<"fallback" | "mapping" | "scalar" | "sequence", ReadonlyMap<string, ScalarType>>>;
}

/** A place in the text. Lines and columns count from 1. */
export interface LoaderNotice extends SyntaxError {
  line: number;
  column: number;
}

/** Reads all documents of a text; throws a `SyntaxError` with a place. */
export class LoaderState {
  constructor(text: string, options: { schema: LoaderSchema; onWarning?: (notice: LoaderNotice) => void });
  readDocuments(): Iterable<unknown>;
  /** The current line, from 0. */
  protected line: number;
  /** Calls `onWarning` with the current place. */
  protected dispatchWarning(message: string): void;
  /** Reads one node, its key or value or item; undefined when there is none. */
  protected composeNode(request: object): { result: unknown } | undefined;
  /** Called directly before the content of a node. */
  protected readTagProperty(tag: string | null): string | undefined;
  protected readBlockSequence(tag: string | null, anchor: string | null, indent: number): object | undefined;
  /** Stores a pair in a mapping, after its key and its value were read. */
  protected storeMappingPair(
    result: object,
    overridable: Set<string>,
    tag: unknown,
    key: unknown,
    ...rest: unknown[]
  ): object;
}
