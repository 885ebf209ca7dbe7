/**
 * YAML as the comparison reads it: any documents, also without apiVersion.
 *
 * @module
 */
// @ts-types="../../../src/config/std_yaml.d.ts"
import { parseAll } from "@std/yaml";

/** The only document of a text; throws when there are others or it is no YAML. */
export function parseYaml(text: string): unknown {
  const documents = parseAll(text, { schema: "core" });
  if (documents.length > 1) throw new Error(`Cannot read YAML: ${documents.length} documents instead of one`);
  return documents[0];
}
