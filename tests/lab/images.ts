/**
 * The images that the lab's hosts find in their containerd, made from the lab's own programs under upstream's names.
 *
 * @module
 */

import { cached, exists, hash, hashFile, say } from "./cache.ts";
import type { Programs } from "./build.ts";
import { type ImageSource, writeImage } from "./oci.ts";
import { run } from "./process.ts";
import { COREDNS, FLANNEL, FLANNEL_CNI, release } from "./versions.ts";

/** Image that scenarios run as pods: busybox (sh, nslookup, nc, httpd …) and `fetch [seconds] URL`. */
export const TOOLS_IMAGE = "kubewright.lab/tools:1";

/** Name of the pause image of a release, which containerd keeps as its sandbox image. */
export function pauseImage(minor?: string): string {
  return `registry.k8s.io/pause:${release(minor).pause}`;
}

/** Programs of the base that kube-proxy and flannel call, with the libraries they load by name. */
const NETWORK_PROGRAMS = [
  "/usr/sbin/xtables-nft-multi",
  "/usr/sbin/nft",
  "/usr/sbin/conntrack",
  "/usr/sbin/ipset",
  "/usr/sbin/ip",
];
/** The names that xtables-nft-multi answers to. */
const XTABLES = ["iptables", "ip6tables"].flatMap((name) => [name, `${name}-save`, `${name}-restore`])
  .flatMap((name) => [name, name.replace("tables", "tables-nft")]);
const SHELL_APPLETS = ["sh", "cp", "mv", "rm", "ls", "cat", "mkdir", "ln", "sleep", "grep", "sed", "head", "tail"];

/** How an image is put together: files by their path inside it, and what else its upstream has. */
interface Recipe {
  name: string;
  files: Readonly<Record<string, string>>;
  entrypoint?: readonly string[];
  user?: string;
  /** Put the network programs of Debian and a shell below it. */
  network?: boolean;
  /** Put busybox below it. */
  busybox?: boolean;
}

function recipes(programs: Programs, minor?: string): Recipe[] {
  const { kubernetes, etcdTag } = release(minor);
  const program = (name: string): string => {
    const path = programs.get(name);
    if (path === undefined) throw new Error(`Cannot make an image of "${name}": no such program was built`);
    return path;
  };
  const component = (name: string): Recipe => ({
    name: `registry.k8s.io/${name}:${kubernetes}`,
    files: { [`/usr/local/bin/${name}`]: program(name) },
    entrypoint: [`/usr/local/bin/${name}`],
  });
  return [
    component("kube-apiserver"),
    component("kube-controller-manager"),
    component("kube-scheduler"),
    { ...component("kube-proxy"), network: true },
    { name: pauseImage(minor), files: { "/pause": program("pause") }, entrypoint: ["/pause"], user: "65535:65535" },
    {
      name: `registry.k8s.io/etcd:${etcdTag}`,
      files: Object.fromEntries(
        ["etcd", "etcdctl", "etcdutl"].map((name) => [`/usr/local/bin/${name}`, program(name)]),
      ),
    },
    {
      name: `registry.k8s.io/coredns/coredns:${COREDNS}`,
      files: { "/coredns": program("coredns") },
      entrypoint: ["/coredns"],
      user: "65532:65532",
    },
    {
      name: `ghcr.io/flannel-io/flannel:${FLANNEL}`,
      files: { "/opt/bin/flanneld": program("flanneld"), "/opt/bin/install-conf": program("install-conf") },
      entrypoint: ["/opt/bin/flanneld"],
      network: true,
    },
    {
      name: `ghcr.io/flannel-io/flannel-cni-plugin:${FLANNEL_CNI}`,
      files: { "/flannel": program("flannel") },
      busybox: true,
    },
    { name: TOOLS_IMAGE, files: { "/usr/local/bin/fetch": program("fetch") }, busybox: true },
  ];
}

/**
 * OCI archives of all images by their names. `base` is a Debian root with the network programs and busybox-static.
 */
export async function images(programs: Programs, base: string, minor?: string): Promise<ReadonlyMap<string, string>> {
  const wanted = recipes(programs, minor);
  const key = await hash([
    JSON.stringify(wanted),
    base,
    ...await Promise.all(["oci.ts", "images.ts"].map((file) => Deno.readFile(new URL(file, import.meta.url).pathname))),
  ]);
  const folder = await cached(`images-${release(minor).kubernetes}`, key, async (folder) => {
    const network = `${folder}/network`;
    const busybox = `${folder}/busybox`;
    await layNetwork(base, network);
    await layBusybox(base, busybox, undefined);
    for (const recipe of wanted) await make(recipe, folder, network, busybox);
    await run(["rm", "-rf", network, busybox]);
  });
  return new Map(wanted.map(({ name }) => [name, `${folder}/${archiveName(name)}`]));
}

function archiveName(image: string): string {
  return `${image.replaceAll(/[/:]/g, "_")}.tar`;
}

async function make(recipe: Recipe, folder: string, network: string, busybox: string): Promise<void> {
  const own = `${folder}/own`;
  await Deno.mkdir(`${own}/tmp`, { recursive: true });
  await Deno.chmod(`${own}/tmp`, 0o1777);
  await Deno.mkdir(`${own}/etc`, { recursive: true });
  await Deno.writeTextFile(
    `${own}/etc/passwd`,
    "root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532::/:/sbin/nologin\n",
  );
  await Deno.writeTextFile(`${own}/etc/group`, "root:x:0:\nnonroot:x:65532:\n");
  for (const [inside, outside] of Object.entries(recipe.files)) {
    const target = own + inside;
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
    await Deno.copyFile(outside, target);
    await Deno.chmod(target, 0o755);
  }
  const layers = [...(recipe.network ? [network] : []), ...(recipe.busybox ? [busybox] : []), own];
  const source: ImageSource = {
    name: recipe.name,
    layers,
    ...(recipe.entrypoint === undefined ? {} : { entrypoint: recipe.entrypoint }),
    ...(recipe.user === undefined ? {} : { user: recipe.user }),
  };
  const archive = `${folder}/${archiveName(recipe.name)}`;
  await writeImage(source, archive, `${folder}/scratch`);
  await run(["rm", "-rf", own]);
  say(
    `image ${recipe.name}: ${((await Deno.stat(archive)).size / 1e6).toFixed(0)} MB, ${
      (await hashFile(archive)).slice(0, 12)
    }`,
  );
}

/** Network programs with every library they load, at their Debian paths, and a shell. */
async function layNetwork(base: string, layer: string): Promise<void> {
  const libraries = (await Array.fromAsync(Deno.readDir(`${base}/usr/lib`))).map(({ name }) => name)
    .find((name) => name.endsWith("-linux-gnu"));
  const plugins = `/usr/lib/${libraries}/xtables`;
  const present: string[] = [];
  for (const program of NETWORK_PROGRAMS) {
    const real = (await run(["chroot", base, "readlink", "-f", program], { check: false })).stdout.trim();
    if (real !== "" && await exists(base + real)) present.push(real);
  }
  // iptables loads its matches and targets by name: what those need counts too (libm, say).
  const modules = (await Array.fromAsync(Deno.readDir(base + plugins))).map(({ name }) => `${plugins}/${name}`);
  const listed = await run(["chroot", base, "ldd", ...present, ...modules]);
  const needed = new Set<string>(present);
  for (const match of listed.stdout.matchAll(/(\/\S*\.so\S*) \(0x/g)) if (match[1] !== undefined) needed.add(match[1]);
  for (const path of needed) await copyInto(base, layer, path);
  await Deno.mkdir(`${layer}${plugins}`, { recursive: true });
  await run(["cp", "-a", `${base}${plugins}/.`, `${layer}${plugins}/`]);
  for (const name of XTABLES) await Deno.symlink("xtables-nft-multi", `${layer}/usr/sbin/${name}`);
  for (const name of ["etc", "run"]) await Deno.mkdir(`${layer}/${name}`, { recursive: true });
  await run(["cp", "-a", `${base}/etc/protocols`, `${base}/etc/services`, `${layer}/etc/`], { check: false });
  await layBusybox(base, layer, SHELL_APPLETS);
}

/** Copies what a path leads to, to the path itself, following Debian's merged /usr. */
async function copyInto(base: string, layer: string, path: string): Promise<void> {
  const merged = path.replace(/^\/(bin|sbin|lib|lib64)\//, "/usr/$1/");
  const real = (await run(["chroot", base, "readlink", "-f", path])).stdout.trim();
  for (const folder of ["bin", "sbin", "lib", "lib64"]) {
    await Deno.mkdir(`${layer}/usr/${folder}`, { recursive: true });
    if (!await exists(`${layer}/${folder}`)) await Deno.symlink(`usr/${folder}`, `${layer}/${folder}`);
  }
  const target = layer + merged;
  await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
  await Deno.copyFile(base + real, target);
  await Deno.chmod(target, 0o755);
}

/** Busybox with links for the applets named, or for all it has. */
async function layBusybox(base: string, layer: string, applets: readonly string[] | undefined): Promise<void> {
  await Deno.mkdir(`${layer}/usr/bin`, { recursive: true });
  if (!await exists(`${layer}/bin`)) await Deno.symlink("usr/bin", `${layer}/bin`);
  await Deno.copyFile(`${base}/usr/bin/busybox`, `${layer}/usr/bin/busybox`);
  await Deno.chmod(`${layer}/usr/bin/busybox`, 0o755);
  const all = applets ?? (await run([`${layer}/usr/bin/busybox`, "--list"])).stdout.trim().split("\n");
  for (const name of all) {
    if (name !== "busybox" && !await exists(`${layer}/usr/bin/${name}`)) {
      await Deno.symlink("busybox", `${layer}/usr/bin/${name}`);
    }
  }
}
