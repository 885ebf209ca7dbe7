/** The packages of the lock file: their archives, and what Deno has of them in its cache. @module */
import { call } from "./call.ts";

/** A package as it is locked. */
export interface LockedPackage {
  /** `@noble/hashes@2.4.0` */
  id: string;
  name: string;
  version: string;
  /** `sha512-…`, of the archive. */
  integrity: string;
}

/** What was found of a package. */
export interface Verified {
  /** As package.json names it. */
  licence: string;
  /** `2026-07-31`, by the registry. */
  published: string;
  /** Scripts that a package manager runs when it installs the package. */
  scripts: string[];
  problems: string[];
}

/** The scripts that npm runs for a package that comes as an archive. */
const INSTALL_SCRIPTS = ["preinstall", "install", "postinstall"];

/** The packages that a deno.lock of version 5 names. */
export async function lockedPackages(lockFile: string): Promise<LockedPackage[]> {
  const { npm }: { npm: Record<string, { integrity: string }> } = JSON.parse(await Deno.readTextFile(lockFile));
  return Object.entries(npm).map(([key, { integrity }]) => {
    const [, name, version] = /^(@?[^@]+)@([^_]+)/.exec(key)!; // behind the `_` are its peers
    return { id: `${name}@${version}`, name: name!, version: version!, integrity };
  });
}

/** Gets the archive, compares it with the lock file and its files with those in the cache; unpacks it to `work/NAME`. */
export async function verifyPackage({ id, name, version, integrity }: LockedPackage, work: string): Promise<Verified> {
  const problems: string[] = [];
  const archive = (await call("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", work, id])).trim();
  const bytes = await Deno.readFile(`${work}/${archive}`);
  const hash = `sha512-${new Uint8Array(await crypto.subtle.digest("SHA-512", bytes)).toBase64()}`;
  if (hash !== integrity) problems.push(`${id}: its archive has ${hash}, deno.lock has ${integrity}`);
  await Deno.mkdir(`${work}/${name}`, { recursive: true });
  await call("tar", ["-xzf", `${work}/${archive}`, "-C", `${work}/${name}`, "--strip-components=1"]);
  const cached = await inCache(name, version);
  // Deno adds a mark of its own to what it has unpacked whole.
  const comparison = await call("diff", ["-rq", "--exclude=.initialized", `${work}/${name}`, cached], [0, 1]);
  if (comparison !== "") problems.push(`${id}: the cache differs from its archive:\n${comparison}`);
  const { scripts = {}, license = "none" } = JSON.parse(await Deno.readTextFile(`${work}/${name}/package.json`));
  const found = INSTALL_SCRIPTS.filter((script) => script in scripts);
  if (await Deno.stat(`${work}/${name}/binding.gyp`).then(() => true, () => false)) found.push("binding.gyp");
  if (found.length > 0) problems.push(`${id}: has install scripts: ${found.join(", ")}`);
  const times: Record<string, string> = JSON.parse(await call("npm", ["view", id, "time", "--json"]));
  return { licence: license, published: times[version]?.slice(0, 10) ?? "unknown", scripts: found, problems };
}

/** The folder of a package in Deno's cache. */
async function inCache(name: string, version: string): Promise<string> {
  const { npmCache } = JSON.parse(await call(Deno.execPath(), ["info", "--json"]));
  for await (const registry of Deno.readDir(npmCache)) {
    const folder = `${npmCache}/${registry.name}/${name}/${version}`;
    if (await Deno.stat(folder).then(() => true, () => false)) return folder;
  }
  throw new Error(`Cannot verify "${name}@${version}": not in Deno's cache "${npmCache}"; run deno install first`);
}
