/**
 * The root file system that every lab host is a copy of.
 *
 * @module
 */

import { type Programs, programs } from "./build.ts";
import { cached, hash, say } from "./cache.ts";
import { images, pauseImage } from "./images.ts";
import { HOST_PROGRAMS, need } from "./machine.ts";
import { run, stopwatch } from "./process.ts";
import { minor, release } from "./versions.ts";

/** What a host has from Debian. The first line is a bootable system, the second what Kubernetes calls, the third for looking. */
const PACKAGES = [
  ..."systemd-sysv dbus kmod iproute2 ca-certificates procps mount util-linux".split(" "),
  ..."runc containernetworking-plugins iptables nftables conntrack ipset ethtool socat".split(" "),
  ..."curl openssl strace iputils-ping busybox-static".split(" "),
];

const SUITE = "bookworm";
const SELF = new URL(import.meta.url).pathname;
const OVERLAY = new URL("./root/", import.meta.url).pathname;

/** Debian's own units that a host of minutes does not need. */
const MASKED = [
  ..."apt-daily-upgrade.timer apt-daily.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer".split(" "),
  ..."e2scrub_reap.service getty@tty1.service console-getty.service nftables.service".split(" "),
  ..."systemd-pstore.service systemd-networkd.service systemd-resolved.service systemd-timesyncd.service".split(" "),
];

/** A finished base: its root folder, and what was put into it. */
export interface Base {
  root: string;
  /** What belongs at /var/lib/containerd of the root: all images, unpacked. Apart from it because a host gets most of it as hard links. */
  containerd: string;
  programs: Programs;
  /** OCI archives by image name. */
  images: ReadonlyMap<string, string>;
}

/** The base for a Kubernetes release, made where missing: programs, Debian, images, all in one root. */
export async function base(of: string = minor()): Promise<Base> {
  await need(HOST_PROGRAMS);
  const debianRoot = await debian();
  const built = await programs(of);
  const archives = await images(built, debianRoot, of);
  const key = await hash([
    debianRoot,
    ...built.values(),
    ...archives.values(),
    await Deno.readTextFile(SELF),
    ...await overlayFiles(),
  ]);
  const folder = await cached(`base-${release(of).kubernetes}`, key, async (folder) => {
    const root = `${folder}/root`;
    await run(["cp", "-a", debianRoot, root]);
    await dress(root, built, of);
    await preload(root, archives.values());
    await Deno.rename(`${root}/var/lib/containerd`, `${folder}/containerd`);
  });
  return { root: `${folder}/root`, containerd: `${folder}/containerd`, programs: built, images: archives };
}

/** A plain Debian with the packages above. KUBEWRIGHT_LAB_MIRROR names another mirror than debootstrap's default. */
async function debian(): Promise<string> {
  const mirror = Deno.env.get("KUBEWRIGHT_LAB_MIRROR");
  const folder = await cached(`debian-${SUITE}`, await hash([Deno.build.arch, SUITE, ...PACKAGES]), async (folder) => {
    await run([
      "debootstrap",
      "--variant=minbase",
      `--include=${PACKAGES.join(",")}`,
      SUITE,
      `${folder}/root`,
      ...(mirror === undefined ? [] : [mirror]),
    ]);
    // A host is copied for every scenario: what nobody reads there costs time each time.
    const unread = ["usr/share/doc", "usr/share/man", "usr/share/locale", "var/cache/apt", "var/lib/apt/lists"];
    await run(["rm", "-rf", ...unread.map((path) => `${folder}/root/${path}`)]);
  });
  return `${folder}/root`;
}

/** Puts the lab's files and the programs of a bare host into a root: containerd, CNI plugins and a kubelet, no more. */
async function dress(root: string, built: Programs, of: string): Promise<void> {
  await run(["cp", "-a", "--no-preserve=ownership", `${OVERLAY}.`, root]);
  const config = `${root}/etc/containerd/config.toml`;
  await Deno.writeTextFile(config, (await Deno.readTextFile(config)).replace("@PAUSE_IMAGE@", pauseImage(of)));
  for (const script of ["mounts", "network"]) await Deno.chmod(`${root}/usr/local/lib/lab/${script}`, 0o755);
  for (const name of ["containerd", "containerd-shim-runc-v2", "ctr"]) {
    await install(built, name, `${root}/usr/local/bin/${name}`);
  }
  await install(built, "kubelet", `${root}/usr/bin/kubelet`);
  for (const folder of ["opt/cni/bin", "etc/cni/net.d", "etc/lab"]) {
    await Deno.mkdir(`${root}/${folder}`, { recursive: true });
  }
  await run(["cp", "-a", `${root}/usr/lib/cni/.`, `${root}/opt/cni/bin/`]);
  const units = ["containerd", "lab-mounts", "lab-network", "lab-ready"].map((name) => `${name}.service`);
  await run(["chroot", root, "systemctl", "enable", ...units]);
  await run(["chroot", root, "systemctl", "mask", ...MASKED]);
  await run(["chroot", root, "systemctl", "set-default", "multi-user.target"]);
  // Empty, so that each host gets an identity of its own when it boots.
  await Deno.writeTextFile(`${root}/etc/machine-id`, "");
}

async function install(built: Programs, name: string, path: string): Promise<void> {
  const program = built.get(name);
  if (program === undefined) throw new Error(`Cannot install "${name}" into the base: no such program was built`);
  await Deno.copyFile(program, path);
  await Deno.chmod(path, 0o755);
}

/** Starts the root's containerd for a moment and imports the archives, so that no host has to. */
async function preload(root: string, archives: Iterable<string>): Promise<void> {
  const time = stopwatch();
  await Deno.mkdir(`${root}/run/archives`, { recursive: true });
  const list = [...archives];
  const script = `set -eu
mount --make-rprivate /
mount -t proc proc ${root}/proc
mount -t sysfs sysfs ${root}/sys
mount -t tmpfs tmpfs ${root}/run
mkdir ${root}/run/archives
for archive in "$@"; do touch "${root}/run/archives/\${archive##*/}"; mount --bind "$archive" "${root}/run/archives/\${archive##*/}"; done
chroot ${root} /usr/local/bin/containerd >${root}/run/containerd.log 2>&1 &
daemon=$!
for attempt in $(seq 100); do
  chroot ${root} /usr/local/bin/ctr version >/dev/null 2>&1 && break
  sleep 0.1
done
for archive in ${root}/run/archives/*.tar; do
  chroot ${root} /usr/local/bin/ctr -n k8s.io images import "/run/archives/\${archive##*/}" >/dev/null ||
    { tail -20 ${root}/run/containerd.log >&2; exit 1; }
done
chroot ${root} /usr/local/bin/ctr -n k8s.io images check
kill $daemon
wait $daemon || true
`;
  const { stdout } = await run([
    "unshare",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "sh",
    "-c",
    script,
    "preload",
    ...list,
  ]);
  await run(["rm", "-rf", `${root}/run/archives`]);
  const complete = stdout.split("\n").filter((line) => line.includes("complete")).length;
  if (complete < list.length) {
    throw new Error(`Cannot preload the images: ${complete} of ${list.length} are complete\n${stdout}`);
  }
  say(`preloaded ${list.length} images in ${time()}`);
}

async function overlayFiles(folder = OVERLAY): Promise<string[]> {
  const parts: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory) parts.push(...await overlayFiles(`${path}/`));
    else parts.push(`${path.slice(OVERLAY.length)}\n${await Deno.readTextFile(path)}`);
  }
  return parts.sort();
}

if (import.meta.main) console.log((await base(Deno.args[0])).root);
