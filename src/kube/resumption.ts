/**
 * Resuming a download (RFC 9110, 13.1.5 and 14): the proof that the document is still the same, and whether the answer is
 * the requested range.
 * @module
 */

/** The identity and length of a document. */
export interface Document {
  /** For If-Range: a strong ETag or a date; undefined: it cannot be resumed. */
  validator?: string;
  /** In bytes; undefined when unknown. */
  total?: number;
}

/** The document of the first answer (200). */
export function documentOf({ headers }: Response): Document {
  const length = headers.get("content-length");
  // Without a length, Deno 2.6 may have decoded it: ranges then count other bytes than those received.
  if (length === null || !/^\d+$/.test(length)) return {};
  const validator = headers.get("accept-ranges") === "none" ? undefined : validatorOf(headers);
  return { total: Number(length), ...(validator === undefined ? {} : { validator }) };
}

/** A date is proof only if the document did not change in the second of the answer (RFC 9110, 8.8.2.2). */
function validatorOf(headers: Headers): string | undefined {
  const etag = headers.get("etag");
  if (etag !== null && /^"[^"]*"$/.test(etag)) return etag;
  const modified = headers.get("last-modified");
  const age = Date.parse(headers.get("date") ?? "") - Date.parse(modified ?? "");
  return modified !== null && age >= 1_000 ? modified : undefined;
}

/** Headers that request the rest from this byte. */
export function restHeaders(validator: string, from: number): Record<string, string> {
  return { "range": `bytes=${from}-`, "if-range": validator };
}

/** The document with its total length if the answer is its rest from this byte to the end; undefined otherwise. */
export function restOf({ status, headers }: Response, document: Document, from: number): Document | undefined {
  const [, first, last, all] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
  if (status !== 206 || Number(first) !== from) return undefined;
  const etag = headers.get("etag");
  if (document.validator?.startsWith('"') && etag !== null && etag !== document.validator) return undefined;
  const total = all === "*" ? document.total : Number(all);
  if (total === undefined || Number(last) !== total - 1 || (document.total ?? total) !== total) return undefined;
  return { ...document, total };
}
