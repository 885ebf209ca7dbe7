/**
 * Boots a root folder as a machine of its own, and ends it again.
 *
 * @module
 */

import { exists } from "./cache.ts";
import { Hopeless, stopwatch, until } from "./process.ts";

/** A running process, told apart from a later one with the same number by its start time (clock ticks since boot). */
export interface Process {
  pid: number;
  started: string;
}

/** What a machine needs to boot. */
export interface Machine {
  /** Unique on this computer, at most 11 characters: its interface on the bridge is called `vb-<machine>`. */
  machine: string;
  hostname: string;
  root: string;
  bridge: string;
  /** Control groups that it is started in. */
  groups: readonly string[];
  /** Folders outside by the paths where they appear inside. */
  binds: Readonly<Record<string, string>>;
  /** Receives what its console prints. */
  console: string;
}

/** Starts systemd-nspawn, detached from this process's terminal and session; returns it without waiting for the boot. */
export async function launch(machine: Machine): Promise<Process> {
  const binds = Object.entries(machine.binds).map(([inside, outside]) => `--bind=${outside}:${inside}`);
  const nspawn = [
    "systemd-nspawn",
    `--directory=${machine.root}`,
    `--machine=${machine.machine}`,
    `--hostname=${machine.hostname}`,
    `--network-bridge=${machine.bridge}`,
    "--boot",
    "--capability=all",
    "--bind=/dev/kmsg",
    "--system-call-filter=@mount @keyring bpf",
    "--register=no",
    "--keep-unit",
    "--resolv-conf=off",
    "--timezone=off",
    "--link-journal=no",
    "--console=pipe",
    ...binds,
  ];
  const script = 'for group in $GROUPS_OF_HOST; do echo $$ >"$group/cgroup.procs"; done; exec "$@" >"$CONSOLE" 2>&1';
  const child = new Deno.Command("setsid", {
    args: ["sh", "-c", script, "launch", ...nspawn],
    env: { GROUPS_OF_HOST: machine.groups.join(" "), CONSOLE: machine.console },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  child.unref();
  const started = await startOf(child.pid);
  if (started === undefined) throw new Error(`Cannot boot "${machine.hostname}": systemd-nspawn ended at once`);
  return { pid: child.pid, started };
}

/** Waits until a launched machine has booted; returns the process that is its PID 1. Throws with its console's last lines. */
export async function booted(nspawn: Process, machine: Machine, timeout: number): Promise<number> {
  const time = stopwatch();
  try {
    return await until(`${machine.hostname} to boot`, async () => {
      if (!await alive(nspawn)) throw new Hopeless(`systemd-nspawn of "${machine.hostname}" ended`);
      // Its first child only prepares the second, which becomes PID 1: ask anew each time.
      const leader = await childOf(nspawn.pid);
      return leader !== undefined && await exists(`/proc/${leader}/root/run/lab-ready`) ? leader : undefined;
    }, { timeout, interval: 30 });
  } catch (cause) {
    const console = (await Deno.readTextFile(machine.console)).trim().split("\n").slice(-15).join("\n");
    throw new Error(`Cannot boot "${machine.hostname}": not ready after ${time()}. Its console:\n${console}`, {
      cause,
    });
  }
}

/** Whether a process still runs. */
export async function alive(process: Process): Promise<boolean> {
  return await startOf(process.pid) === process.started;
}

/** Ends a machine at once, as a power cut does, and waits until nothing of it runs. */
export async function powerCut(nspawn: Process): Promise<void> {
  if (!await alive(nspawn)) return;
  const leader = await childOf(nspawn.pid);
  if (leader !== undefined) signal(leader, "SIGKILL");
  else signal(nspawn.pid, "SIGKILL");
  await until("systemd-nspawn to end", async () => !await alive(nspawn), { timeout: 20_000, interval: 20 });
}

/** The first child of a process. */
export async function childOf(parent: number): Promise<number | undefined> {
  const children = await Deno.readTextFile(`/proc/${parent}/task/${parent}/children`).catch(() => "");
  const first = children.trim().split(" ")[0];
  return first === undefined || first === "" ? undefined : Number(first);
}

/** Sends a signal; a process that is gone already is no error. */
export function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof TypeError)) throw error;
  }
}

/** The start time of a process that runs and is no zombie. */
export async function startOf(pid: number): Promise<string | undefined> {
  try {
    const text = await Deno.readTextFile(`/proc/${pid}/stat`);
    // The name in brackets may contain spaces; the fields after it do not.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
