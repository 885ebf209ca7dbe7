/**
 * What the lab needs of the machine it runs on.
 *
 * @module
 */

import { exists, locked, say } from "./cache.ts";
import { run } from "./process.ts";

/** Debian package of each program that the lab calls. */
const PACKAGES: Readonly<Record<string, string>> = {
  debootstrap: "debootstrap",
  "systemd-nspawn": "systemd-container",
  ip: "iproute2",
  nft: "nftables",
  nsenter: "util-linux",
  setsid: "util-linux",
  unshare: "util-linux",
  mount: "mount",
  tar: "tar",
  gzip: "gzip",
  curl: "curl",
  ldd: "libc-bin",
  go: "golang-go",
  gcc: "gcc libc6-dev",
};

/** Programs without which no host boots. */
export const HOST_PROGRAMS: readonly string[] = [
  "debootstrap",
  "systemd-nspawn",
  "ip",
  "nft",
  "nsenter",
  "setsid",
  "unshare",
  "mount",
  "tar",
];

/** Makes sure that programs are there, installing their Debian packages where `apt-get` is; throws and names what is missing. */
export async function need(names: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const name of names) if (await which(name) === undefined) missing.push(name);
  if (missing.length === 0) return;
  const packages = missing.flatMap((name) => (PACKAGES[name] ?? name).split(" "));
  if (await which("apt-get") === undefined || Deno.uid() !== 0) {
    throw new Error(
      `Cannot find ${missing.join(", ")}: install ${packages.join(", ")} (the lab does it itself as root on Debian)`,
    );
  }
  await locked("apt", async () => {
    say(`installing ${packages.join(" ")}`);
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await run(["apt-get", "update", "-q"], { env });
    await run(["apt-get", "install", "-y", "-q", "--no-install-recommends", ...packages], { env });
  });
  for (const name of missing) {
    if (await which(name) === undefined) {
      throw new Error(`Cannot find "${name}" although ${PACKAGES[name]} is installed`);
    }
  }
}

/** The path of a program in PATH or in the system folders, or undefined. */
export async function which(name: string): Promise<string | undefined> {
  const folders = [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/local/go/bin", "/usr/sbin", "/sbin"];
  for (const folder of folders) {
    if (folder !== "" && await exists(`${folder}/${name}`)) return `${folder}/${name}`;
  }
  return undefined;
}

/** Throws unless this machine can run lab hosts: root, Linux, a disk below `folder` that is not an overlay. */
export async function checkMachine(folder: string): Promise<void> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) {
    throw new Error("Cannot start lab hosts: they need Linux and root; run the same command as root");
  }
  await Deno.mkdir(folder, { recursive: true });
  const type = (await run(["stat", "-f", "-c", "%T", folder])).stdout.trim();
  if (type.startsWith("overlay") || type === "tmpfs") {
    throw new Error(
      `Cannot keep lab hosts in "${folder}": it lies on ${type}, containerd needs a plain disk; set XDG_CACHE_HOME to a folder on one`,
    );
  }
  await raiseInotifyLimit();
}

/** One user's inotify instances, on the whole machine: a host needs about twenty of them, and Linux allows 128. */
const INOTIFY = { path: "/proc/sys/fs/inotify/max_user_instances", wanted: 1024 };

/** Without instances systemd and the kubelet of a further host hang at their start, and say nothing. Never lowered. */
async function raiseInotifyLimit(): Promise<void> {
  if (Number(await Deno.readTextFile(INOTIFY.path)) >= INOTIFY.wanted) return;
  say(`setting ${INOTIFY.path} to ${INOTIFY.wanted}, for several hosts at once`);
  await Deno.writeTextFile(INOTIFY.path, String(INOTIFY.wanted));
}
