/**
 * A lab: hosts on a network of their own, and nothing left of either afterwards.
 *
 * @module
 */

import { type Base, base } from "./base.ts";
import { alive, powerCut, type Process, startOf } from "./boot.ts";
import { cacheFolder, exists, locked, say } from "./cache.ts";
import { makeGroups, removeGroups } from "./cgroups.ts";
import { Host, type HostOptions } from "./host.ts";
import { checkMachine } from "./machine.ts";
import { addressOf, makeNetwork, type Network, removeNetwork } from "./network.ts";
import { run } from "./process.ts";

/** What is on the disk of a lab that runs, or was killed: enough to remove all it made, and nothing else. */
interface Remains {
  owner: Process;
  bridge: string;
  hosts: { groups: string[]; mounts: string[]; nspawn?: Process }[];
}

/** How to make a lab. */
export interface LabOptions {
  /** Two labs with the same name never run at once. Letters, digits and hyphens. */
  name: string;
  /** Minor release of Kubernetes; KUBEWRIGHT_LAB_KUBERNETES, or 1.37, by default. */
  kubernetes?: string;
}

/** Hosts on one bridge. `await using lab = await Lab.create(…)` removes them however the block is left. */
export class Lab implements AsyncDisposable {
  readonly name: string;
  readonly network: Network;
  readonly #folder: string;
  readonly #base: Base;
  readonly #record: Remains;
  readonly #hosts = new Map<string, Host>();
  #saving: Promise<void> = Promise.resolve();
  readonly #making: Promise<Host>[] = [];
  #removing: Promise<void> | undefined;

  private constructor(name: string, folder: string, made: Base, network: Network, record: Remains) {
    this.name = name;
    this.#folder = folder;
    this.#base = made;
    this.network = network;
    this.#record = record;
  }

  /** Makes a lab without hosts; builds what is missing in the cache, and removes what killed runs left. */
  static async create({ name, kubernetes }: LabOptions): Promise<Lab> {
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) throw new Error(`Cannot make lab "${name}": use a-z, 0-9 and hyphens`);
    const folder = `${cacheFolder()}/hosts/${name}`;
    await checkMachine(cacheFolder());
    const made = await base(kubernetes);
    return await locked("labs", async () => {
      await removeLeftovers(name);
      const network = await makeNetwork();
      const started = await startOf(Deno.pid) ?? "";
      const lab = new Lab(name, folder, made, network, {
        owner: { pid: Deno.pid, started },
        bridge: network.bridge,
        hosts: [],
      });
      await lab.#save();
      return lab;
    });
  }

  /** The hosts made so far, in order. */
  get hosts(): readonly Host[] {
    return [...this.#hosts.values()];
  }

  /** OCI archives of the lab's images by name. */
  get images(): ReadonlyMap<string, string> {
    return this.#base.images;
  }

  /** Paths of the lab's programs on this machine by name. */
  get programs(): ReadonlyMap<string, string> {
    return this.#base.programs;
  }

  /** Makes and boots a host; returns when it is ready. Several at once are welcome. */
  host(name: string, options: HostOptions = {}): Promise<Host> {
    const making = this.#make(name, options);
    this.#making.push(making);
    return making;
  }

  async #make(name: string, options: HostOptions): Promise<Host> {
    if (this.#removing !== undefined) throw new Error(`Cannot make host "${name}": the lab is being removed`);
    if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) throw new Error(`Cannot make host "${name}": no host name`);
    if (this.#hosts.has(name)) throw new Error(`Cannot make host "${name}": the lab has one already`);
    const entry: Remains["hosts"][number] = { groups: [], mounts: [] };
    const index = this.#record.hosts.push(entry);
    const machine = `${this.network.bridge}-${index}`;
    const folder = `${this.#folder}/${name}`;
    const address = addressOf(this.network, index);
    const binds: { [inside: string]: string } = {};
    const host = new Host(
      {
        machine,
        hostname: name,
        root: `${folder}/root`,
        bridge: this.network.bridge,
        groups: entry.groups,
        binds,
        console: `${folder}/console.txt`,
      },
      address,
      this.#base,
      Object.keys(options.disks ?? {}),
      async (nspawn) => {
        if (nspawn === undefined) delete entry.nspawn;
        else entry.nspawn = nspawn;
        await this.#save();
      },
    );
    this.#hosts.set(name, host);
    await copyBase(this.#base, `${folder}/root`, options);
    for (const [path, size] of Object.entries(options.disks ?? {})) {
      const mount = `${folder}/disk-${entry.mounts.length}`;
      await Deno.mkdir(mount, { recursive: true });
      entry.mounts.push(mount);
      await this.#save();
      await run(["mount", "-t", "tmpfs", "-o", `size=${size},mode=0755`, "tmpfs", mount]);
      binds[path] = mount;
    }
    await configure(`${folder}/root`, name, address, this.network.gateway);
    entry.groups.push(...await makeGroups(machine));
    await this.#save();
    if (this.#removing === undefined) await host.start();
    return host;
  }

  /** Whether it is being removed, or is gone. */
  get removed(): boolean {
    return this.#removing !== undefined;
  }

  /** Removes every host and the network. May be called again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await (this.#removing ??= this.#remove());
  }

  async #remove(): Promise<void> {
    await this.#saving;
    // Hosts that are being made: their copying ends by itself, their booting when they have no power.
    for (const { nspawn } of this.#record.hosts) if (nspawn !== undefined) await powerCut(nspawn);
    await Promise.allSettled(this.#making);
    await remove(this.#folder, this.#record);
  }

  async #save(): Promise<void> {
    this.#saving = this.#saving.then(async () => {
      if (this.#removing !== undefined) return;
      await Deno.mkdir(this.#folder, { recursive: true });
      await Deno.writeTextFile(`${this.#folder}/lab.json.new`, JSON.stringify(this.#record, undefined, 2));
      await Deno.rename(`${this.#folder}/lab.json.new`, `${this.#folder}/lab.json`);
    });
    await this.#saving;
  }
}

/** Removes labs when this process is told to end (Ctrl-C, SIGTERM), then ends it. Returns a function that takes this back. */
export function removeOnSignal(labs: () => Iterable<Lab>): () => void {
  const end = async () => {
    for (const lab of labs()) await lab[Symbol.asyncDispose]().catch((error) => console.error(String(error)));
    Deno.exit(130);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of signals) Deno.addSignalListener(name, end);
  return () => signals.forEach((name) => Deno.removeSignalListener(name, end));
}

/**
 * Copies the base. What containerd never writes in place (blobs by digest, committed layers) comes as hard links: a
 * host costs a second and its own changes instead of a gigabyte.
 */
async function copyBase(made: Base, root: string, options: HostOptions): Promise<void> {
  await run(["rm", "-rf", "--one-file-system", root]);
  await Deno.mkdir(root.slice(0, root.lastIndexOf("/")), { recursive: true });
  await run(["cp", "-a", made.root, root]);
  if (options.kubelet === false) await Deno.remove(`${root}/usr/bin/kubelet`);
  if (options.images === false) return;
  const shared = ["io.containerd.content.v1.content/blobs", "io.containerd.snapshotter.v1.overlayfs/snapshots"];
  const script = 'cd "$1"; to="$2"; shift 2; mkdir -p "$to"; ' +
    'tar -c $(printf -- "--exclude=./%s " "$@") . | tar -x -C "$to"; ' +
    'for path in "$@"; do cp -al "$path" "$to/$path" 2>/dev/null || { rm -rf "$to/$path"; cp -a "$path" "$to/$path"; }; done';
  await run(["sh", "-euc", script, "copy", made.containerd, `${root}/var/lib/containerd`, ...shared]);
}

async function configure(root: string, name: string, address: string, gateway: string): Promise<void> {
  await Deno.writeTextFile(`${root}/etc/lab/network`, `ADDRESS=${address}/24\nGATEWAY=${gateway}\n`);
  await Deno.writeTextFile(`${root}/etc/hostname`, `${name}\n`);
  await Deno.writeTextFile(
    `${root}/etc/hosts`,
    `127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n${address} ${name}\n`,
  );
  // The bridge refuses the query at once: nothing leaves the lab, and CoreDNS does not forward to itself.
  await Deno.writeTextFile(`${root}/etc/resolv.conf`, `nameserver ${gateway}\n`);
}

/**
 * Removes labs of this cache whose process has ended without doing so (it was killed), by what they recorded. Throws when
 * a process that still runs has the lab `name`.
 */
async function removeLeftovers(name: string): Promise<void> {
  const parent = `${cacheFolder()}/hosts`;
  await Deno.mkdir(parent, { recursive: true });
  for (const { name: found } of await Array.fromAsync(Deno.readDir(parent))) {
    const file = `${parent}/${found}/lab.json`;
    if (!await exists(file)) continue;
    const record: Remains = JSON.parse(await Deno.readTextFile(file));
    if (!await alive(record.owner)) {
      await remove(`${parent}/${found}`, record);
      say(`removed what lab ${found} had left`);
    } else if (found === name) {
      throw new Error(
        `Cannot make lab "${name}": process ${record.owner.pid} runs it; end that or choose another name`,
      );
    }
  }
}

async function remove(folder: string, record: Remains): Promise<void> {
  for (const { nspawn, groups, mounts } of record.hosts) {
    if (nspawn !== undefined) await powerCut(nspawn);
    await removeGroups(groups);
    for (const mount of mounts) await run(["umount", "--lazy", mount], { check: false });
  }
  await removeNetwork(record.bridge);
  // The record goes last: as long as it is there, the next lab finishes what this did not.
  const rest = ["find", folder, "-mindepth", "1", "-maxdepth", "1", "!", "-name", "lab.json"];
  if (await exists(folder)) await run([...rest, "-exec", "rm", "-rf", "--one-file-system", "{}", "+"]);
  await run(["rm", "-rf", "--one-file-system", folder]);
}
