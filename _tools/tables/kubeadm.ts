/** The schemas of kubeadm's kinds, which have their descriptions and checks by hand, beside its Go types. @module */
import type { Schema } from "../../src/config/schema.ts";
import type { Structs } from "./render.ts";

/** What a schema's type is in Go; an enumeration, a text with a check, and what is read of one (`values.ts`) are texts there, too. */
function typeOf(schema: Schema): string {
  if (schema.type === "boolean") return "bool";
  if (schema.type === "integer") return schema.bits === 64 ? "long" : "int";
  if (["networks", "endpoint", "version", "timestamp"].includes(schema.type)) return "text";
  return schema.type === "anything" ? "quantity" : schema.type;
}

/** Each field that only one of them has, or that has another type; at its path. */
export function differences(schema: Schema, type: string, structs: Structs, path: string): string[] {
  const struct = structs.fields[type];
  if (schema.type === "list" && type.startsWith("[") || schema.type === "map" && type.startsWith("{")) {
    return differences(schema.of, type.slice(1, -1), structs, `${path}[]`);
  }
  if (schema.type !== "fields" || !struct) {
    return typeOf(schema) === type ? [] : [`${path} is "${typeOf(schema)}", in Go "${type}"`];
  }
  const names = new Set([...Object.keys(schema.fields), ...struct.map(({ name }) => name)]);
  return [...names].flatMap((name) => {
    const [ours, theirs] = [schema.fields[name], struct.find((field) => field.name === name)];
    if (!theirs) return [`${path}.${name} is not in Go`];
    return ours ? differences(ours, theirs.type, structs, `${path}.${name}`) : [`${path}.${name} is only in Go`];
  });
}
