/**
 * A control group of its own for each host: two kubelets in one would clean up each other's pods.
 *
 * @module
 */

import { signal } from "./boot.ts";
import { exists } from "./cache.ts";
import { run, until } from "./process.ts";

const ROOT = "/sys/fs/cgroup";

/** Makes the groups of a host below every controller of this machine (version 1, 2 or both); returns their folders. */
export async function makeGroups(machine: string): Promise<string[]> {
  const folders: string[] = [];
  for (const parent of await hierarchies()) {
    const folder = `${parent}/${machine}`;
    await Deno.mkdir(folder, { recursive: true });
    if (await exists(`${folder}/cpuset.cpus`) && await exists(`${folder}/cgroup.clone_children`)) {
      for (const name of ["cpuset.cpus", "cpuset.mems"]) {
        await Deno.writeTextFile(`${folder}/${name}`, await Deno.readTextFile(`${parent}/${name}`));
      }
      await Deno.writeTextFile(`${folder}/cgroup.clone_children`, "1");
    }
    folders.push(folder);
  }
  return folders;
}

/** Removes groups and all below them, ending what still runs there. */
export async function removeGroups(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    await until(`control group ${folder} to be empty`, async () => {
      if (!await exists(folder)) return true;
      const { stdout } = await run(["find", folder, "-name", "cgroup.procs", "-exec", "cat", "{}", "+"], {
        check: false,
      });
      for (const pid of stdout.split("\n")) if (Number(pid) > 0) signal(Number(pid), "SIGKILL");
      await run(["find", folder, "-depth", "-type", "d", "-exec", "rmdir", "{}", "+"], { check: false });
      return !await exists(folder);
    }, { timeout: 10_000 });
  }
}

async function hierarchies(): Promise<string[]> {
  if (await exists(`${ROOT}/cgroup.procs`)) return [ROOT];
  const found: string[] = [];
  const seen = new Set<string>();
  for await (const { name } of Deno.readDir(ROOT)) {
    // cpu and cpuacct may be links to one folder.
    const real = await Deno.realPath(`${ROOT}/${name}`);
    if (!seen.has(real) && await exists(`${real}/cgroup.procs`)) found.push(real);
    seen.add(real);
  }
  return found;
}
