/** Mount points of this host. @module */
import type { Host } from "../system.ts";

/** Mount points below a directory (not the directory itself), the last mounted first: the order to unmount them in. */
export async function mountsBelow(host: Host, directory: string): Promise<string[]> {
  return (await host.mounts()).filter((point) => point.startsWith(`${directory}/`)).reverse();
}

/** The path without symbolic links in it; the path itself when it does not exist. */
export async function realPath(host: Host, path: string): Promise<string> {
  return await host.realPath(path) ?? path;
}
