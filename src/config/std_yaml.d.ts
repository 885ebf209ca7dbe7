/** The part of `@std/yaml` that is used; its npm build comes without types. */

/** Reads all documents of a text; throws a `SyntaxError` with line and column. */
export function parseAll(content: string, options?: { schema?: "core" | "json" | "failsafe" | "default" }): unknown[];
