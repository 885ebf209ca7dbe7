/** What `main.go` tells of Go types, as the TypeScript of the tables. @module */

/** Structs by name, each behind those that its fields have. */
export interface Structs {
  names: string[];
  /** `type` is `text`, `int`, `[list]`, `{map}`, another struct …; `patch` what a strategic merge does there. */
  fields: Record<string, { name: string; type: string; patch: string }[]>;
}

/** What `main.go` writes. */
export interface Tables {
  patched: Structs;
  components: Structs;
  kubeadm: Structs;
  zeros: { KubeletConfiguration: unknown; KubeProxyConfiguration: unknown };
}

/** The line that all below is generated behind; the release follows. */
export const HEADING = "// From here on written by `deno task tables` from the types of Kubernetes";

/** The release that a table was written from. */
export function generatedFrom(text: string): string {
  const line = text.split("\n").find((line) => line.startsWith(HEADING));
  if (line === undefined) throw new Error(`Cannot tell the release of a table: it has no line "${HEADING} …"`);
  return line.slice(HEADING.length).trim();
}

/** The folder with the go.mod to start from: the one of the release, else the newest. */
export function moduleOf(version: string, folders: readonly string[]): string {
  const own = `kubernetes-${version.split(".").slice(0, 2).join(".")}`;
  if (folders.includes(own)) return own;
  const minor = (folder: string) => Number(/^kubernetes-1\.(\d+)$/.exec(folder)?.[1] ?? -1);
  return folders.toSorted((a, b) => minor(b) - minor(a))[0]!;
}

/** Words in quotes, or over several lines where they are long. */
function words(all: readonly string[], used: number): string {
  const lines = [""];
  for (const word of all) {
    const last = lines.at(-1)!;
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + word.length + (lines.length === 1 ? used : 4) < 116) lines[lines.length - 1] += ` ${word}`;
    else lines.push(word);
  }
  return lines.length === 1 ? `"${lines[0]}"` : `\`${lines.join("\n    ")}\``;
}

function podTypes({ patched }: Tables): string {
  const lines = patched.names.toSorted().map((name) => {
    const fields = patched.fields[name]!.map((field) =>
      `${field.name}:${field.type.replace(/\blong\b/, "int")}${field.patch}`
    );
    return `  ${name}: ${words(fields, name.length + 6)},\n`;
  });
  return `export const POD_TYPES: Readonly<Record<string, string>> = {\n${lines.join("")}};\n`;
}

/** `JSONOptions` → `JSON_OPTIONS` */
function constant(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2").toUpperCase();
}

const SCHEMAS: Readonly<Record<string, string>> = {
  text: "TEXT",
  bool: "BOOLEAN",
  int: "INTEGER",
  long: "LONG",
  number: "NUMBER",
  duration: "DURATION",
  verbosity: "VERBOSITY",
  quantity: "ANYTHING",
  any: "ANYTHING",
};

function schema(type: string, structs: Structs): string {
  if (type.startsWith("[")) return `listOf(${schema(type.slice(1, -1), structs)})`;
  if (type.startsWith("{")) return `mapOf(${schema(type.slice(1, -1), structs)})`;
  const found = Object.hasOwn(structs.fields, type) ? constant(type) : SCHEMAS[type];
  if (found === undefined) throw new Error(`Cannot write a schema for the type "${type}": expected a row in SCHEMAS`);
  return found;
}

function componentKinds({ components }: Tables): string {
  return components.names.map((name) => {
    const groups = Map.groupBy(components.fields[name]!, ({ type }) => schema(type, components));
    const lines = Array.from(
      groups,
      ([type, fields]) =>
        fields.length === 1
          ? `${fields[0]!.name}: ${type}`
          : `...each(${type}, ${words(fields.map((field) => field.name), 20)})`,
    );
    const root = /^Kube(let|Proxy)Configuration$/.test(name);
    const start = root ? `/** Of a ${name}. */\nexport const` : "const";
    return `${start} ${constant(name)} = fields({ ${lines.join(", ")} });\n`;
  }).join("\n");
}

function literal(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value).map(([key, inner]) => `${key}: ${literal(inner)}`).join(", ")} }`;
}

function componentZeros({ zeros }: Tables): string {
  return Object.entries(zeros).map(([kind, value]) =>
    `/** Of a ${kind}. */\nexport const ${constant(kind.replace("Configuration", "Zeros"))} = ${literal(value)};\n`
  ).join("\n");
}

/** What each table is behind its heading, before it is formatted; by file. */
export const textOf: Readonly<Record<string, (tables: Tables) => string>> = {
  "src/cluster/patches/pod_types.ts": podTypes,
  "src/config/component_kinds.ts": componentKinds,
  "src/cluster/kubelet/component_zeros.ts": componentZeros,
};
