/**
 * Builds the lab's programs from their pinned Go modules, once each, into the cache.
 *
 * @module
 */

import { cached, hash, locked, say } from "./cache.ts";
import { download, downloads } from "./download.ts";
import { need } from "./machine.ts";
import { run, stopwatch } from "./process.ts";
import { companions, type Component, kubernetes } from "./versions.ts";

const MODULES = new URL("./modules/", import.meta.url).pathname;

/** Paths of programs by their names, e.g. `kubelet` to `…/kubernetes-v1.37.2-…/kubelet`. */
export type Programs = ReadonlyMap<string, string>;

/** Every program of a Kubernetes release and its companions, made where missing. Takes 10-20 minutes on an empty cache. */
export async function programs(minor?: string): Promise<Programs> {
  const found = new Map<string, string>();
  for (const component of [kubernetes(minor), ...companions(minor)]) {
    const folder = await componentFolder(component);
    for (const { name } of component.programs) found.set(name, `${folder}/${name}`);
  }
  return found;
}

/** The folder with a component's programs, built or downloaded where missing. */
export async function componentFolder(component: Component): Promise<string> {
  if (await downloads(component)) {
    return await cached(
      `${component.name}-${component.version}`,
      await hash(["download", component.version, Deno.build.arch]),
      (folder) => download(component, folder),
    );
  }
  return await cached(`${component.name}-${component.version}`, await key(component), (folder) =>
    // One build at a time on a machine: two at once only share its cores and its memory.
    locked("build", () => build(component, folder)));
}

async function build(component: Component, folder: string): Promise<void> {
  await need(component.cgo ? ["go", "gcc"] : ["go"]);
  for (const program of component.programs) {
    const time = stopwatch();
    await run(["go", "build", ...flags(component), "-o", `${folder}/${program.name}`, program.package], {
      cwd: MODULES + component.module,
      env: {
        CGO_ENABLED: component.cgo ? "1" : "0",
        GOFLAGS: "-mod=readonly",
        // The toolchain of the machine is used as it is: nothing but modules is downloaded.
        GOTOOLCHAIN: "local",
        GOWORK: "off",
      },
    });
    say(`built ${program.name} ${component.version} in ${time()}`);
  }
}

function flags(component: Component): string[] {
  const linker = ["-s", "-w"];
  for (const [name, value] of Object.entries(component.variables ?? {})) linker.push("-X", `${name}=${value}`);
  if (component.cgo) linker.push("-extldflags", "-static");
  const tags = component.tags === undefined ? [] : ["-tags", component.tags.join(",")];
  return ["-trimpath", "-buildvcs=false", ...tags, "-ldflags", linker.join(" ")];
}

/** Everything that decides what a build gives, except the version of Go. */
async function key(component: Component): Promise<string> {
  const parts = [Deno.build.arch, JSON.stringify(component.programs), ...flags(component)];
  for await (const entry of Deno.readDir(MODULES + component.module)) {
    parts.push(entry.name + "\n" + await Deno.readTextFile(`${MODULES}${component.module}/${entry.name}`));
  }
  return await hash(parts.sort());
}

if (import.meta.main) {
  for (const [name, path] of await programs(Deno.args[0])) console.log(`${name}\t${path}`);
}
