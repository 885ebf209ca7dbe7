/**
 * A registry of container images on a lab host: Debian's docker-registry, filled from that host's containerd.
 *
 * @module
 */

import { cached, hash } from "./cache.ts";
import type { Host } from "./host.ts";
import { pauseImage } from "./images.ts";
import { run, until } from "./process.ts";

const PACKAGE = "docker-registry";
const UNIT = "lab-registry";
/** Without authentication and TLS: the lab's network leads nowhere. */
const CONFIGURATION = `version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: /var/lib/registry}}
http: {addr: ":5000"}
`;

/** The program of Debian's package, fetched once by apt. */
async function program(): Promise<string> {
  const folder = await cached(PACKAGE, await hash([Deno.build.arch, PACKAGE, "1"]), async (folder) => {
    await run([
      "sh",
      "-euc",
      `cd "$1"; apt-get download -q ${PACKAGE}; dpkg-deb -x *.deb .; rm *.deb`,
      "fetch",
      folder,
    ]);
  });
  return `${folder}/usr/bin/docker-registry`;
}

/** Starts an empty registry on a host; returns its repository for the cluster's images, `10.77.1.11:5000/k8s`. */
export async function startRegistry(host: Host): Promise<string> {
  await host.push(await program(), "/usr/local/bin/docker-registry");
  await host.write("/etc/lab/registry.yml", CONFIGURATION);
  await resumeRegistry(host);
  return `${host.address}:5000/k8s`;
}

/** Starts it again with what it holds. */
export async function resumeRegistry(host: Host): Promise<void> {
  const argv = ["/usr/local/bin/docker-registry", "serve", "/etc/lab/registry.yml"];
  await host.exec(["systemd-run", `--unit=${UNIT}`, "--collect", ...argv]);
  await until("the registry to answer", async () => {
    const { code } = await host.exec(["curl", "-sf", "http://127.0.0.1:5000/v2/"], { check: false });
    return code === 0;
  }, { timeout: 20_000, interval: 100 });
}

/** Stops it; what it holds stays. */
export async function stopRegistry(host: Host): Promise<void> {
  await host.exec(["systemctl", "stop", UNIT]);
}

/** Pushes images that the host has, under the last part of their names, to the repository. */
export async function fillRegistry(host: Host, repository: string, images: readonly string[]): Promise<void> {
  for (const image of images) {
    const name = `${repository}/${image.slice(image.lastIndexOf("/") + 1)}`;
    await host.exec(["ctr", "-n", "k8s.io", "images", "push", "--plain-http", name, image], { timeout: 120_000 });
  }
}

/** Lets a host's containerd take images from the registry, its sandbox image, too, as an administrator would. */
export async function useRegistry(host: Host, repository: string): Promise<void> {
  const [server] = repository.split("/");
  const config = await host.read("/etc/containerd/config.toml");
  const section = '[plugins."io.containerd.cri.v1.images".registry]\n    config_path = "/etc/containerd/certs.d"\n';
  const pause = pauseImage();
  await host.write(
    "/etc/containerd/config.toml",
    `${config.replace(pause, `${repository}/${pause.slice(pause.lastIndexOf("/") + 1)}`)}\n  ${section}`,
  );
  await host.write(
    `/etc/containerd/certs.d/${server}/hosts.toml`,
    `server = "http://${server}"\n\n[host."http://${server}"]\n  capabilities = ["pull", "resolve"]\n`,
  );
  await host.exec(["systemctl", "restart", "containerd"]);
}
