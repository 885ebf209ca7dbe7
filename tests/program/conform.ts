/**
 * What the program prints for programs, held against `schemas/`.
 *
 * @module
 */

import { judge, type Schema } from "./json_schema.ts";

const FOLDER = new URL("../../schemas/", import.meta.url);
const files = new Map<string, Schema>();

/** The schema in a file of `schemas/`. */
export function schemaIn(file: string): Schema {
  const known = files.get(file) ?? JSON.parse(Deno.readTextFileSync(new URL(file, FOLDER)));
  files.set(file, known);
  return known;
}

/** Names of all files in `schemas/`. */
export function schemaFiles(): string[] {
  return [...Deno.readDirSync(FOLDER)].map(({ name }) => name).sort();
}

const judges = new Map<string, ReturnType<typeof judge>>();

/** Throws unless the value is as the schema in the file says. */
export function conforms(value: unknown, file: string): void {
  const others = () => schemaFiles().filter((other) => other !== file).map(schemaIn);
  const violations = judges.get(file) ?? judge(schemaIn(file), others());
  judges.set(file, violations);
  const found = violations(value);
  if (found.length > 0) {
    throw new Error(`not as schemas/${file} says:\n  ${found.join("\n  ")}\nin ${JSON.stringify(value, undefined, 2)}`);
  }
}

/** The file of what a command answers, or of its result event: `token-list.json`; all phases share one. */
export function fileOf(command: string): string {
  return command.endsWith(" phase") ? "phase.json" : `${command.replaceAll(" ", "-")}.json`;
}

/** Throws unless an event of a command is as the schemas say. */
export function eventConforms(event: Record<string, unknown>, command: string): void {
  conforms(event, "event.json");
  const { event: name, ...rest } = event;
  if (name === "change") conforms(rest, "change.json");
  if (name === "result") conforms(rest, fileOf(command));
}
