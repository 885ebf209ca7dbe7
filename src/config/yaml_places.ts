/**
 * Finds the lines and columns of fields. The text is read a second time, only when there is a problem to report.
 * @module
 */
// @ts-types="./std_yaml_loader.d.ts"
import { type LoaderNotice, LoaderState } from "@std/yaml/loader";
import { KUBERNETES_VALUES } from "./yaml_values.ts";

/** A place in a text; both count from 1. Without column after the first {@linkcode MAX_COLUMNS} places. */
export interface Place {
  line: number;
  column?: number;
}

/** The most columns that are found: each takes some microseconds. */
const MAX_COLUMNS = 10_000;

/** A node of a document: where its content starts, and its parts. */
interface Node {
  place: Place;
  value: unknown;
  entries: Map<string, { key: Place; node: Node }>;
  items: Node[];
}

/** Reads as the loader does, and records where each node starts. */
class PlacedLoader extends LoaderState {
  /** Nodes being read, the innermost last, each with the nodes below it that are not yet in a mapping, in order. */
  readonly #open: (Node & { below: Node[] })[] = [];
  readonly documents: Node[] = [];
  readonly #here: { column?: number };
  #columns = 0;

  constructor(text: string) {
    const here: { column?: number } = {};
    super(text, { schema: KUBERNETES_VALUES, onWarning: (notice: LoaderNotice) => here.column = notice.column });
    this.#here = here;
  }

  /** The loader exposes the line; it reports the column only with a warning. */
  #place(): Place {
    const place = { line: this.line + 1 };
    if (++this.#columns > MAX_COLUMNS) return place;
    this.dispatchWarning("here");
    return { ...place, ...this.#here };
  }

  protected override composeNode(request: object): { result: unknown } | undefined {
    const node: Node & { below: Node[] } = {
      place: { line: this.line + 1 },
      value: undefined,
      entries: new Map(),
      items: [],
      below: [],
    };
    this.#open.push(node);
    const state = super.composeNode(request);
    this.#open.pop();
    node.value = state?.result;
    const [only] = node.below;
    // The loader reads a possible key of a mapping one level down: such a node is this node itself.
    if (only && only.value === node.value && node.entries.size === 0 && typeof node.value === "object") {
      Object.assign(node, { entries: only.entries, items: only.items });
    } else if (Array.isArray(node.value) && node.entries.size === 0) node.items = aligned(node.value, node.below);
    (this.#open.at(-1)?.below ?? this.documents).push(node);
    return state;
  }

  protected override readTagProperty(tag: string | null): string | undefined {
    const node = this.#open.at(-1);
    if (node) node.place = this.#place();
    return super.readTagProperty(tag);
  }

  protected override readBlockSequence(tag: string | null, anchor: string | null, indent: number): object | undefined {
    const node = this.#open.at(-1);
    if (node) node.place = { line: this.line + 1, column: indent + 1 };
    return super.readBlockSequence(tag, anchor, indent);
  }

  protected override storeMappingPair(
    result: object,
    overridable: Set<string>,
    tag: unknown,
    key: unknown,
    ...rest: unknown[]
  ): object {
    const node = this.#open.at(-1);
    const [keyNode, valueNode] = node?.below.splice(0) ?? [];
    if (node && keyNode) node.entries.set(String(key), { key: keyNode.place, node: valueNode ?? keyNode });
    return super.storeMappingPair(result, overridable, tag, key, ...rest);
  }
}

/** The nodes of a list's items; the loader reads no node for an empty item (`-`). */
function aligned(items: readonly unknown[], nodes: readonly Node[]): Node[] {
  const present = nodes.filter(({ value }) => value !== undefined);
  let next = 0;
  return items.map((item, i) => {
    const isEmpty = item === null && present[next]?.value !== null;
    return isEmpty ? present[next] ?? present.at(-1) ?? nodes[i]! : present[next++]!;
  });
}

/** Follows `.list[0].field` from a node; keys may contain dots. */
function find(node: Node, rest: string): { node: Node; key?: Place; exact: boolean } {
  if (rest === "") return { node, exact: true };
  const [index, position] = /^\[(\d+)\]/.exec(rest) ?? [];
  if (index !== undefined) {
    const item = node.items[Number(position)];
    return item ? find(item, rest.slice(index.length)) : { node, exact: false };
  }
  const keys = [...node.entries.keys()].filter((key) =>
    rest.startsWith(`.${key}`) && /^([.[]|$)/.test(rest.slice(key.length + 1))
  );
  const key = keys.sort((a, b) => b.length - a.length)[0];
  if (key !== undefined) {
    const entry = node.entries.get(key)!;
    const found = find(entry.node, rest.slice(key.length + 1));
    return found.node === entry.node && !found.key ? { ...found, key: entry.key } : found;
  }
  for (const merged of mergedInto(node)) {
    const found = find(merged, rest);
    if (found.exact) return found;
  }
  return { node, exact: false };
}

/** The mappings that `<<` merges into a mapping. */
function mergedInto(node: Node): Node[] {
  const entry = node.entries.get("<<");
  return entry === undefined ? [] : [entry.node, ...entry.node.items];
}

/** Finds fields in a valid text. */
export class Places {
  #documents: readonly Node[] | undefined;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /**
   * The place of a field, or of the nearest field around it.
   * @param document number of the document, from 0, empty ones counted.
   * @param path from the document: `.networking.podSubnet`, `.list[0]`; "" is the document itself.
   * @param at the value, or the key before it.
   */
  find(document: number, path: string, at: "key" | "value" = "value"): Place | undefined {
    const root = (this.#documents ??= this.#read())[document];
    if (!root) return undefined;
    const found = find(root, path);
    return at === "key" && found.exact ? found.key ?? found.node.place : found.node.place;
  }

  #read(): readonly Node[] {
    const loader = new PlacedLoader(this.#text);
    // Each place costs an error object, which is cheap without its stack.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      for (const _ of loader.readDocuments()) { /* records the places */ }
    } catch {
      return []; // the text was read before; without places, the problem is reported without them
    } finally {
      Error.stackTraceLimit = limit;
    }
    return loader.documents;
  }
}
