/**
 * Going on with a document after a break (RFC 9110, 13.1.5 and 14): by which proof that it is still the same, and whether
 * the answer is what was asked for.
 * @module
 */

/** What a document is known by, and how long it is. */
export interface Document {
  /** For If-Range: a strong ETag or a date; undefined: it cannot be gone on with. */
  validator?: string;
  /** In bytes; undefined where that is not told. */
  total?: number;
}

/** What the first answer (200) tells of the document. */
export function documentOf({ headers }: Response): Document {
  const length = headers.get("content-length");
  // Without a length Deno 2.6 may have decoded it: then what has come is not what ranges count.
  if (length === null || !/^\d+$/.test(length)) return {};
  const validator = headers.get("accept-ranges") === "none" ? undefined : validatorOf(headers);
  return { total: Number(length), ...(validator === undefined ? {} : { validator }) };
}

/** A date proves something only where the document did not change in the second of the answer (RFC 9110, 8.8.2.2). */
function validatorOf(headers: Headers): string | undefined {
  const etag = headers.get("etag");
  if (etag !== null && /^"[^"]*"$/.test(etag)) return etag;
  const modified = headers.get("last-modified");
  const age = Date.parse(headers.get("date") ?? "") - Date.parse(modified ?? "");
  return modified !== null && age >= 1_000 ? modified : undefined;
}

/** Headers that ask for the rest, from this byte on. */
export function restHeaders(validator: string, from: number): Record<string, string> {
  return { "range": `bytes=${from}-`, "if-range": validator };
}

/** Whether the answer is the rest of the same document, from this byte to its end; it then tells how long the whole is. */
export function restOf({ status, headers }: Response, document: Document, from: number): Document | undefined {
  const [, first, last, all] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
  if (status !== 206 || Number(first) !== from) return undefined;
  const etag = headers.get("etag");
  if (document.validator?.startsWith('"') && etag !== null && etag !== document.validator) return undefined;
  const total = all === "*" ? document.total : Number(all);
  if (total === undefined || Number(last) !== total - 1 || (document.total ?? total) !== total) return undefined;
  return { ...document, total };
}
