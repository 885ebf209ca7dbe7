/** Reads a directory of patches on this host. @module */
import { parsePatchName, type Patch, type PatchTarget } from "../cluster/patches/names.ts";
import { parseValues } from "../config/yaml.ts";
import { InvalidInput, type Problem } from "../errors.ts";
import type { Host } from "../system.ts";

/** Receives warnings: files that are ignored. */
type Warn = (message: string) => void;

/** All files below a directory, in kubeadm's order: by name, directories in their place. */
async function filesBelow(host: Host, directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of (await host.list(directory)).toSorted()) {
    const path = `${directory}/${name}`;
    if ((await host.stat(path))?.kind === "directory") found.push(...await filesBelow(host, path));
    else found.push(path);
  }
  return found;
}

/**
 * Reads every patch, in the order in which they apply; none without a directory.
 * @param targets those that kubeadm of the cluster's release supports.
 * @throws {InvalidInput} when the directory does not exist, a file name has no type after its `+`, or a file is not YAML or
 * JSON: all such files at once.
 */
export async function readPatches(
  host: Host,
  directory: string | undefined,
  targets: readonly PatchTarget[],
  warn: Warn,
): Promise<Patch[]> {
  if (directory === undefined) return [];
  const root = directory.replace(/(?<=.)\/+$/, "");
  const problems: Problem[] = [];
  const kind = (await host.stat(root))?.kind;
  if (kind !== "directory" && kind !== "symlink") {
    const what = kind === undefined ? `directory "${directory}" not found` : `"${directory}" is not a directory`;
    throw new InvalidInput("Cannot read patches:", [{ where: "patches.directory (--patches)", what }]);
  }
  const patches: Patch[] = [];
  for (const path of await filesBelow(host, root)) {
    const parsed = parsePatchName(path.slice(path.lastIndexOf("/") + 1), targets);
    if (typeof parsed === "string") warn(`"${path}" is not used as a patch: ${parsed}`);
    else if ("problem" in parsed) problems.push({ where: path, what: parsed.problem });
    else {
      try {
        const text = await host.readText(path) ?? "";
        const values = parseValues(text, path).map((value, i) => ({ value, number: i + 1 }))
          .filter(({ value }) => value !== null && value !== undefined);
        if (values.length === 0) warn(`"${path}" is not used as a patch: it is empty`);
        // No field has this name, and in JavaScript it is not an ordinary key.
        if (JSON.stringify(values).includes('"__proto__":')) {
          throw new InvalidInput('it has the invalid key "__proto__"');
        }
        const source = (number: number) => values.length > 1 ? `${path}, document ${number}` : path;
        patches.push(...values.map(({ value, number }) => ({ ...parsed, source: source(number), value })));
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error;
        problems.push({ where: path, what: error.message.replace(/^Cannot read "[^"]*": /, "") });
      }
    }
  }
  if (problems.length > 0) throw new InvalidInput("Cannot read patches:", problems);
  return patches;
}
