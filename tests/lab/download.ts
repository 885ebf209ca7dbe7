/**
 * The other way to the lab's programs: official releases instead of a build, into the same layout.
 *
 * @module
 */

import { hashFile, say } from "./cache.ts";
import { which } from "./machine.ts";
import { run, stopwatch } from "./process.ts";
import type { Component } from "./versions.ts";

/** Where a release is, and where its publisher gives its SHA-256. */
interface Source {
  url: string;
  /** A file whose first hex digest (or the one on the line with the file's name) is the SHA-256; none is published without it. */
  sum?: string;
  /** Paths inside the archive by program name; absent where the URL is the program itself. */
  members?: Readonly<Record<string, string>>;
  program?: string;
}

/** Names of machine architectures as release files have them. */
const ARCHITECTURE = { x86_64: "amd64", aarch64: "arm64" }[Deno.build.arch];

/** Whether this component is downloaded: KUBEWRIGHT_LAB_SOURCE=download, or there is no Go. The lab's own two are always built. */
export async function downloads(component: Component): Promise<boolean> {
  if (["pause", "fetch"].includes(component.name)) return false;
  const source = Deno.env.get("KUBEWRIGHT_LAB_SOURCE") || "";
  if (!["", "build", "download"].includes(source)) {
    throw new Error(`Cannot use KUBEWRIGHT_LAB_SOURCE "${source}": it is build or download`);
  }
  return source === "download" || (source === "" && await which("go") === undefined);
}

/** Downloads a component's programs into `folder` and checks what can be checked. Throws and names the URL that failed. */
export async function download(component: Component, folder: string): Promise<void> {
  for (const source of sources(component)) {
    const time = stopwatch();
    const file = `${folder}/${source.url.split("/").at(-1)}`;
    await fetchFile(source.url, file);
    if (source.sum === undefined) say(`no checksum is published for ${source.url}`);
    else await verify(file, source.url, source.sum);
    if (source.members === undefined) {
      await Deno.rename(file, `${folder}/${source.program}`);
    } else {
      const scratch = await Deno.makeTempDir({ dir: folder });
      await run(["tar", "-xzf", file, "-C", scratch, "--no-same-owner"]);
      for (const [name, member] of Object.entries(source.members)) {
        await Deno.rename(`${scratch}/${member}`, `${folder}/${name}`);
      }
      await Deno.remove(scratch, { recursive: true });
      await Deno.remove(file);
    }
    say(`downloaded ${source.url} in ${time()}`);
  }
  if (component.name === "flannel") await Deno.writeTextFile(`${folder}/install-conf`, INSTALL_CONF);
  for (const { name } of component.programs) await Deno.chmod(`${folder}/${name}`, 0o755);
}

/** Stands in for flannel's install-conf, which is only published inside its image: copies $1 to $2, whole or not at all. */
const INSTALL_CONF = `#!/bin/sh
set -eu
cp "$1" "$2.partial"
mv "$2.partial" "$2"
`;

function sources(component: Component): Source[] {
  const { version } = component;
  const bare = version.slice(1);
  switch (component.name) {
    case "kubernetes":
      return component.programs.map(({ name }) => {
        const url = `https://dl.k8s.io/release/${version}/bin/linux/${ARCHITECTURE}/${name}`;
        return { url, sum: `${url}.sha256`, program: name };
      });
    case "etcd": {
      const base = `https://github.com/etcd-io/etcd/releases/download/${version}`;
      const top = `etcd-${version}-linux-${ARCHITECTURE}`;
      const members = Object.fromEntries(component.programs.map(({ name }) => [name, `${top}/${name}`]));
      return [{ url: `${base}/${top}.tar.gz`, sum: `${base}/SHA256SUMS`, members }];
    }
    case "coredns": {
      const url = `https://github.com/coredns/coredns/releases/download/${version}/` +
        `coredns_${bare}_linux_${ARCHITECTURE}.tgz`;
      return [{ url, sum: `${url}.sha256`, members: { coredns: "coredns" } }];
    }
    case "containerd": {
      const url = `https://github.com/containerd/containerd/releases/download/${version}/` +
        `containerd-static-${bare}-linux-${ARCHITECTURE}.tar.gz`;
      const members = Object.fromEntries(component.programs.map(({ name }) => [name, `bin/${name}`]));
      return [{ url, sum: `${url}.sha256sum`, members }];
    }
    case "flannel": {
      const url = `https://github.com/flannel-io/flannel/releases/download/${version}/flanneld-${ARCHITECTURE}`;
      return [{ url, program: "flanneld" }];
    }
    case "flannel-cni": {
      // The last release of containernetworking/plugins that still has meta/flannel.
      const url = `https://github.com/containernetworking/plugins/releases/download/${version}/` +
        `cni-plugins-linux-${ARCHITECTURE}-${version}.tgz`;
      return [{ url, sum: `${url}.sha256`, members: { flannel: "flannel" } }];
    }
    default:
      throw new Error(`Cannot download "${component.name}": no release of it is known; build it instead`);
  }
}

async function fetchFile(url: string, path: string): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new Error(
      `Cannot download "${url}": no connection; install Go and build instead (KUBEWRIGHT_LAB_SOURCE=build)`,
      {
        cause,
      },
    );
  }
  if (!response.ok || response.body === null) {
    throw new Error(`Cannot download "${url}": HTTP ${response.status}; install Go and build instead`);
  }
  using file = await Deno.open(path, { create: true, write: true, truncate: true });
  for await (const chunk of response.body) {
    let written = 0;
    while (written < chunk.length) written += await file.write(chunk.subarray(written));
  }
}

async function verify(file: string, url: string, sumUrl: string): Promise<void> {
  const response = await fetch(sumUrl);
  if (!response.ok) throw new Error(`Cannot check "${url}": ${sumUrl} answers HTTP ${response.status}`);
  const text = await response.text();
  const name = url.split("/").at(-1) ?? "";
  const line = text.split("\n").find((line) => line.trim().endsWith(name)) ?? text;
  const wanted = /\b[0-9a-f]{64}\b/.exec(line)?.[0];
  const found = await hashFile(file);
  if (wanted !== found) {
    await Deno.remove(file);
    throw new Error(`Cannot use "${url}": SHA-256 ${found}, its publisher says ${wanted ?? "nothing"}`);
  }
}
