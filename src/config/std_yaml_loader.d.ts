/** The part of std's YAML loader that is used; its npm build comes without types. */

/** A kind of value: what a scalar's text may look like, and what it means. */
export interface ScalarType {
  tag: string;
  kind: "scalar" | "sequence" | "mapping";
  resolve(data: unknown): boolean;
  construct(data: unknown): unknown;
}

/** What scalars mean. */
export interface LoaderSchema {
  /** Tried in order on plain scalars. */
  implicitTypes: readonly ScalarType[];
  /** By kind, then by tag. */
  typeMap: Readonly<Record<"fallback" | "mapping" | "scalar" | "sequence", ReadonlyMap<string, ScalarType>>>;
}

/** Where the loader stands. Lines and columns begin with 1. */
export interface LoaderNotice extends SyntaxError {
  line: number;
  column: number;
}

/** Reads all documents of a text; throws a `SyntaxError` that says where. */
export class LoaderState {
  constructor(text: string, options: { schema: LoaderSchema; onWarning?: (notice: LoaderNotice) => void });
  readDocuments(): Iterable<unknown>;
  /** The line that has been reached, from 0. */
  protected line: number;
  /** Calls `onWarning` with the place that has been reached. */
  protected dispatchWarning(message: string): void;
  /** Reads one node, its key or value or item; undefined when there is none. */
  protected composeNode(request: object): { result: unknown } | undefined;
  /** Is called last just before the content of a node. */
  protected readTagProperty(tag: string | null): string | undefined;
  protected readBlockSequence(tag: string | null, anchor: string | null, indent: number): object | undefined;
  /** Puts a pair into a mapping, after its key and its value were read. */
  protected storeMappingPair(
    result: object,
    overridable: Set<string>,
    tag: unknown,
    key: unknown,
    ...rest: unknown[]
  ): object;
}
