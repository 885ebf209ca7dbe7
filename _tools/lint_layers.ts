/**
 * Lint plugin: imports run down the house and never up, only the adapters touch the machine, and the fakes of tests name
 * what they lack. See ARCHITECTURE.md.
 * @module
 */

/** Room -> rooms that it may import, besides itself; `system`, `errors`, `programs`, `file_trust`, `receipt`, `timer`, `version` and the room `text` are open to all. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  mod: ["main", "host", "kube", "cri", "containerd", "etcd"],
  main: ["dispatch", "commands/command_context", "cli", "host/recording", "host/interruptible"],
  dispatch: ["commands", "cli"],
  commands: ["phases", "node", "cluster", "bundle", "pki", "config"],
  phases: ["phases/phase", "node", "cluster", "bundle", "pki", "config"],
  node: ["cluster", "bundle", "pki", "config"],
  cluster: ["pki", "config"],
  pki: ["config"],
  config: [],
  cli: ["config"],
  host: ["kube/recording"],
  kube: ["config/server_url"],
  grpc: [],
  cri: ["grpc"],
  containerd: ["grpc"],
  bundle: [],
  etcd: ["kube/http_client"],
  programs: ["text"],
  receipt: ["text"],
  file_trust: ["text"],
  text: [],
  system: [],
};

const OPEN = new Set(["system", "errors", "version", "programs", "runtimes", "file_trust", "receipt", "timer"]);

/** Rooms that are open to all, since every word that leaves the program goes through them. */
const OPEN_ROOMS = new Set(["text", "system"]);

/** Rooms whose files do not import one another: each command and each phase stands alone. */
const APART = new Set(["commands", "phases"]);

/** What all of such a room stand on. */
const COMMON = new Set([
  "phases/phase",
  "phases/checks",
  "phases/cell",
  "phases/former_files",
  "commands/command_context",
]);

/** Rooms that may use `Deno.*`. */
const ADAPTERS = new Set(["mod", "host", "kube", "grpc", "cri", "etcd"]);

/** Packages that one room alone uses. */
const PACKAGES: Readonly<Record<string, string>> = { pkijs: "pki", asn1js: "pki", "@noble/": "pki" };

/** Contracts by which a file could look at the world: what is pure knows none of them. */
const OF_THE_WORLD = new Set(["Host", "System", "KubeClient", "ContainerRuntime", "EtcdClient", "Download"]);

/** Rooms of data and pure functions. */
const PURE = new Set(["bundle", "cluster", "config", "pki", "text"]);

/** Files that load such a package, which takes longer than `version` does: others import them where they need them. */
const LOADING = new Set(
  [
    "asn1",
    "certificate",
    "chain",
    "extensions",
    "issue",
    "key_pem",
    "name_constraints",
    "public_key",
    "public_keys",
    "csr",
  ]
    .concat("signature", "signing", "software_curves").map((file) => `pki/${file}`),
);

/** `src/cluster/addons/flannel.ts` -> `{ room: "cluster", file: "cluster/addons/flannel" }`; undefined outside the house. */
function place(path: string): { room: string; file: string } | undefined {
  if (path.endsWith("_test.ts") || path.endsWith("_bench.ts")) return undefined;
  const match = /(?:^|\/)(?:src\/(.+)|(mod))\.ts$/.exec(path);
  if (!match || path.includes("/tests/") || path.includes("/_tools/")) return undefined;
  const file = match[1] ?? match[2] ?? "";
  return { room: file.split("/")[0] ?? "", file };
}

/** The file that a relative specifier names, seen from `from`, without `.ts`. */
function target(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return place(new URL(specifier, `file://${from}`).pathname)?.file;
}

function refusal(from: { room: string; file: string }, to: string): string | undefined {
  const room = to.split("/")[0] ?? "";
  const allowed = MAY_IMPORT[from.room];
  if (OPEN.has(to) || OPEN_ROOMS.has(room) && (!OPEN.has(from.file) || from.file === room)) return undefined;
  if (OPEN.has(from.file) && !allowed?.includes(room)) {
    return `"${from.file}" imports nothing of the house, but imports "${to}"`;
  }
  if (allowed === undefined) return `"${from.file}" is in no room of the house: give it one in _tools/lint_layers.ts`;
  if (room === from.room) {
    return APART.has(room) && !COMMON.has(to) && from.file.split("/")[1] !== to.split("/")[1]
      ? `${room} do not import one another, but "${from.file}" imports "${to}": move what both need down`
      : undefined;
  }
  if (allowed.includes(room) || allowed.includes(to)) return undefined;
  return `"${from.room}" may import ${allowed.join(", ") || "nothing"}, but "${from.file}" imports "${to}"`;
}

/** Why a file may not import a package, or not at its top; `statically`: by a declaration that is left when types are gone. */
function loadRefusal(from: { room: string; file: string }, source: string, statically: boolean): string | undefined {
  const [name, room] = Object.entries(PACKAGES).find(([name]) => source === name || source.startsWith(name)) ?? [];
  if (name !== undefined && room !== from.room) return `only src/${room} uses ${name}, but "${from.file}" imports it`;
  const to = name ?? target(`/src/${from.file}.ts`, source) ?? "";
  if (!statically || name === undefined && !LOADING.has(to)) return undefined;
  if (LOADING.has(from.file) && to !== "pki/software_curves") return undefined;
  return `"${from.file}" loads "${to}" whenever it is loaded itself: import it by "await import(…)" where it is needed`;
}

/** Whether nothing is left of an import when types are gone. */
function isTypes(node: Deno.lint.ImportDeclaration): boolean {
  return node.importKind === "type" ||
    node.specifiers.length > 0 &&
      node.specifiers.every((one) => one.type === "ImportSpecifier" && one.importKind === "type");
}

const plugin: Deno.lint.Plugin = {
  name: "kubewright",
  rules: {
    "load-when-needed": {
      create(context) {
        const from = place(context.filename);
        if (!from) return {};
        const check = (node: Deno.lint.Node, source: unknown, statically: boolean) => {
          const message = typeof source === "string" ? loadRefusal(from, source, statically) : undefined;
          if (message) context.report({ node, message });
        };
        return {
          ImportDeclaration: (node) => check(node, node.source.value, !isTypes(node)),
          ExportNamedDeclaration: (node) => check(node, node.source?.value, true),
          ExportAllDeclaration: (node) => check(node, node.source.value, true),
          ImportExpression: (node) => check(node, (node.source as { value?: unknown }).value, false),
        };
      },
    },
    layers: {
      create(context) {
        const from = place(context.filename);
        if (!from) return {};
        const check = (node: Deno.lint.Node, source: unknown) => {
          if (typeof source !== "string") return;
          const to = target(context.filename, source);
          const message = to === undefined ? undefined : refusal(from, to);
          if (message) context.report({ node, message });
        };
        return {
          ImportDeclaration: (node) => check(node, node.source.value),
          ExportNamedDeclaration: (node) => check(node, node.source?.value),
          ExportAllDeclaration: (node) => check(node, node.source.value),
          ImportExpression: (node) => check(node, (node.source as { value?: unknown }).value),
        };
      },
    },
    "pure": {
      create(context) {
        const from = place(context.filename);
        if (!from || !PURE.has(from.room)) return {};
        return {
          ImportDeclaration(node) {
            if (target(context.filename, node.source.value) !== "system") return;
            for (const one of node.specifiers) {
              if (!OF_THE_WORLD.has(one.local.name)) continue;
              const message = `"${from.room}" never looks at the world, but "${from.file}" takes a ${one.local.name}`;
              context.report({ node, message: `${message}: what observes is in src/node` });
            }
          },
        };
      },
    },
    "adapters-only": {
      create(context) {
        const from = place(context.filename);
        if (!from || ADAPTERS.has(from.room)) return {};
        return {
          MemberExpression(node) {
            if (node.object.type === "Identifier" && node.object.name === "Deno") {
              context.report({ node, message: `Deno.* belongs into mod.ts and the adapters, not into "${from.file}"` });
            }
          },
        };
      },
    },
    "flags-in-dispatch": {
      create(context) {
        const from = place(context.filename);
        if (from?.room !== "config") return {};
        const check = (node: Deno.lint.Node, text: unknown) => {
          if (typeof text !== "string" || !/(^|[^-\w])--[a-z]/.test(text)) return;
          const message =
            `"config" knows no flag, but "${from.file}" names one: ask for its label (config/assignments.ts)`;
          context.report({ node, message });
        };
        return {
          Literal: (node) => check(node, node.value),
          TemplateElement: (node) => check(node, node.cooked),
        };
      },
    },
    "fakes-by-name": {
      create(context) {
        if (!/_test\.ts$|\/tests\//.test(context.filename)) return {};
        return {
          TSAsExpression(node) {
            const type = node.typeAnnotation;
            const name = type.type === "TSTypeReference" && type.typeName.type === "Identifier" && type.typeName.name;
            if (!name || !OF_THE_WORLD.has(name) && !/Context$/.test(name)) return;
            const message =
              `No cast makes a whole ${name}: fake<${name}>(…) of tests/fakes/fake.ts names what is missing`;
            context.report({ node, message });
          },
        };
      },
    },
    "no-exit-no-print": {
      create(context) {
        const from = place(context.filename);
        if (!from) return {};
        return {
          MemberExpression(node) {
            if (node.object.type === "Identifier" && node.object.name === "console") {
              context.report({ node, message: "Print through System.out or System.err, in main only" });
            }
          },
        };
      },
    },
  },
};
export default plugin;
