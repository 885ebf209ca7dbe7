/**
 * One host of a lab, as scenarios use it.
 *
 * @module
 */

import type { Base } from "./base.ts";
import { alive, booted, launch, type Machine, powerCut, type Process } from "./boot.ts";
import { collect } from "./collect.ts";
import { type Entry, list } from "./listing.ts";
import { block, unblock } from "./network.ts";
import { type Output, run, type RunOptions, until } from "./process.ts";
import { Spawned } from "./spawned.ts";

/** Programs see this environment and no other, unless more is given. */
const ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  LANG: "C.UTF-8",
};

/** How a host differs from the usual one. */
export interface HostOptions {
  /** Leave the kubelet's binary out. */
  kubelet?: boolean;
  /** Leave the preloaded images out. */
  images?: boolean;
  /** Paths that get a file system of their own with a limited size, e.g. `{"/var/lib/etcd": "64M"}`; see {@link Host.fill}. */
  disks?: Readonly<Record<string, string>>;
}

/** A real Linux with systemd as PID 1, its own address, and containerd; made by `Lab.host`. */
export class Host {
  readonly name: string;
  readonly address: string;
  readonly #base: Base;
  readonly #machine: Machine;
  readonly #disks: readonly string[];
  readonly #record: (nspawn: Process | undefined) => Promise<void>;
  #nspawn: Process | undefined;
  #leader: number | undefined;
  #installed = new Set<string>();

  constructor(
    machine: Machine,
    address: string,
    base: Base,
    disks: readonly string[],
    record: (nspawn: Process | undefined) => Promise<void>,
  ) {
    this.name = machine.hostname;
    this.address = address;
    this.#machine = machine;
    this.#base = base;
    this.#disks = disks;
    this.#record = record;
  }

  /** Its root folder as this machine sees it. While the host runs, what is mounted inside it does not show there. */
  get root(): string {
    return this.#machine.root;
  }

  /** The process that is its PID 1. Throws when the host is down. */
  get leader(): number {
    if (this.#leader === undefined) throw new Error(`Cannot reach host "${this.name}": it is down; start it first`);
    return this.#leader;
  }

  /** Boots it; returns when multi-user.target and containerd are up. Boots the same root again after `stop` or `kill`. */
  async start(timeout = 90_000): Promise<void> {
    if (this.#nspawn !== undefined && await alive(this.#nspawn)) return;
    this.#nspawn = await launch(this.#machine);
    await this.#record(this.#nspawn);
    this.#leader = await booted(this.#nspawn, this.#machine, timeout);
  }

  /** Shuts it down in order; as {@link kill} after `timeout` ms. */
  async stop(timeout = 60_000): Promise<void> {
    const nspawn = this.#nspawn;
    if (nspawn === undefined || this.#leader === undefined) return;
    await this.exec(["systemctl", "poweroff", "--no-block"], { check: false });
    this.#leader = undefined;
    try {
      await until(`${this.name} to shut down`, async () => !await alive(nspawn), { timeout, interval: 50 });
    } catch {
      await powerCut(nspawn);
    }
    await this.#record(this.#nspawn = undefined);
  }

  /** Cuts its power: every process ends at once, nothing is asked. What was written is on the disk, synced or not. */
  async kill(): Promise<void> {
    if (this.#nspawn === undefined) return;
    this.#leader = undefined;
    await powerCut(this.#nspawn);
    await this.#record(this.#nspawn = undefined);
  }

  /** Runs a program inside to its end. Throws when it fails, unless `check: false`. */
  async exec(argv: readonly string[], options: RunOptions = {}): Promise<Output> {
    const env = { ...ENVIRONMENT, ...this.#groups(), ...options.env };
    try {
      return await run(this.#enter(argv), { ...options, env, clearEnv: true });
    } catch (cause) {
      // The command line that enters the host says nothing to anyone.
      const reason = cause instanceof Error ? cause.message.replace(/"sh -c for group .* enter /s, '"') : String(cause);
      throw new Error(`${this.name}: ${reason}`);
    }
  }

  /** Runs a shell script inside (`sh -eu`); returns its standard output without the last line end. */
  async shell(script: string, options: RunOptions = {}): Promise<string> {
    return (await this.exec(["sh", "-euc", script], options)).stdout.replace(/\n$/, "");
  }

  /** Starts a program inside and returns at once; `show` also prints here what it prints, `hear` gets it. */
  spawn(
    argv: readonly string[],
    options: { env?: Record<string, string>; show?: boolean; hear?(text: string): void } = {},
  ): Spawned {
    const env = { ...ENVIRONMENT, ...this.#groups(), ...options.env };
    return new Spawned(this.#enter(argv), env, options.show, options.hear);
  }

  /** A command line for people that opens a shell inside. */
  get shellCommand(): string {
    return `nsenter --target ${this.leader} --mount --uts --ipc --net --pid --cgroup --root --wd env -i HOME=/root ` +
      `TERM="$TERM" PATH=${ENVIRONMENT.PATH} KUBECONFIG=/etc/kubernetes/admin.conf bash -l`;
  }

  /** Copies a file into the host, with the mode given; folders on the way are made. */
  async push(local: string, remote: string, mode = 0o755): Promise<void> {
    const argv = this.#enter(putting(remote, mode));
    await run(["sh", "-c", 'exec "$@" <"$LAB_SOURCE"', "push", ...argv], {
      env: { ...ENVIRONMENT, ...this.#groups(), LAB_SOURCE: local },
      clearEnv: true,
    });
  }

  /** The text of a file; works on a host that is down too. */
  async read(path: string): Promise<string> {
    return (await run(this.#reach(["cat", path]), { env: this.#groups() })).stdout;
  }

  /** Writes a file, whatever was there; folders on the way are made. Works on a host that is down too. */
  async write(path: string, text: string, mode = 0o644): Promise<void> {
    await run(this.#reach(putting(path, mode)), { stdin: text, env: this.#groups() });
  }

  /** Installs a program of the lab's Kubernetes or etcd that bare hosts do not have: kubectl, kubeadm, etcdctl, etcdutl. */
  async install(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      if (this.#installed.has(name)) continue;
      const program = this.#base.programs.get(name);
      if (program === undefined) throw new Error(`Cannot install "${name}" on ${this.name}: the lab does not build it`);
      await this.push(program, `/usr/local/bin/${name}`);
      this.#installed.add(name);
    }
  }

  /** Runs kubectl inside as the cluster's administrator (installs it first); returns its standard output. */
  async kubectl(...argv: readonly string[]): Promise<string> {
    await this.install("kubectl");
    const env = { KUBECONFIG: "/etc/kubernetes/admin.conf" };
    return (await this.exec(["kubectl", ...argv], { env })).stdout;
  }

  /** Drops every packet between this host and another, both ways, until {@link mend} or a restart. */
  async cut(other: Host): Promise<void> {
    await Promise.all([block(this.leader, other.address), block(other.leader, this.address)]);
  }

  /** Takes back {@link cut}. */
  async mend(other: Host): Promise<void> {
    await Promise.all([unblock(this.leader, other.address), unblock(other.leader, this.address)]);
  }

  /** Fills the disk given as `disks` at host creation until `bytesLeft` bytes are free. */
  async fill(path: string, bytesLeft = 0): Promise<void> {
    if (!this.#disks.includes(path)) {
      throw new Error(`Cannot fill "${path}" on ${this.name}: make the host with { disks: { "${path}": "64M" } }`);
    }
    const script = 'free=$(df --output=avail -B1 "$1" | tail -1); size=$((free - $2)); ' +
      '[ $size -le 0 ] || head -c $size /dev/zero >"$1/.filled" || true';
    await this.exec(["sh", "-euc", script, "fill", path, String(bytesLeft)]);
  }

  /** Takes back {@link fill}. */
  async unfill(path: string): Promise<void> {
    await this.exec(["rm", "-f", `${path}/.filled`]);
  }

  /** What containerd was asked to pull, a line for each attempt: none, in a test that passes. */
  async pullAttempts(): Promise<string[]> {
    const journal = await this.exec(["journalctl", "-u", "containerd", "--no-pager", "-o", "cat"]);
    return journal.stdout.split("\n").filter((line) => line.includes('msg="PullImage'));
  }

  /** Lists files, folders and links at and below paths (absent ones give nothing), to compare by `differences`. */
  async snapshot(paths: readonly string[]): Promise<ReadonlyMap<string, Entry>> {
    return await list((argv) => this.exec(argv), paths);
  }

  /** Keeps journal, container logs and files of the host in a folder, without private keys and tokens. */
  async collect(folder: string): Promise<void> {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.copyFile(this.#machine.console, `${folder}/console.txt`).catch(() => {});
    if (this.#leader !== undefined) await collect((argv, options) => this.exec(argv, options), folder);
  }

  #reach(argv: readonly string[]): string[] {
    return this.#leader === undefined ? ["chroot", this.#machine.root, ...argv] : this.#enter(argv);
  }

  /**
   * Enters every namespace and the control groups of the host. A program started so ends with its nsenter (pdeathsig):
   * a time-out leaves nothing behind.
   */
  #enter(argv: readonly string[]): string[] {
    const enter = `for group in $GROUPS_OF_HOST; do echo $$ >"$group/cgroup.procs"; done; unset GROUPS_OF_HOST; ` +
      `exec nsenter --target ${this.leader} --mount --uts --ipc --net --pid --cgroup --root --wd -- ` +
      `setpriv --pdeathsig KILL -- "$@"`;
    return ["sh", "-c", enter, "enter", ...argv];
  }

  #groups(): Record<string, string> {
    return { GROUPS_OF_HOST: this.#machine.groups.join(" ") };
  }
}

function putting(path: string, mode: number): string[] {
  const script = 'mkdir -p "$(dirname "$1")"; rm -f "$1"; umask 077; cat >"$1"; chmod "$2" "$1"';
  return ["sh", "-euc", script, "put", path, mode.toString(8)];
}
