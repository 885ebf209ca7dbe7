/** What is mounted where. @module */
import type { Host } from "../system.ts";

/** Mount points in the order in which they were mounted, of /proc/self/mountinfo; one that is covered occurs twice. */
export function parseMountPoints(mountinfo: string): string[] {
  return mountinfo.split("\n").map((line) => line.split(" ")[4] ?? "").filter(Boolean)
    .map((point) => point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))));
}

/** Mount points below a directory (not the directory itself), the last mounted first: the order to unmount them in. */
export async function mountsBelow(host: Host, directory: string): Promise<string[]> {
  const points = parseMountPoints(await host.readText("/proc/self/mountinfo") ?? "");
  return points.filter((point) => point.startsWith(`${directory}/`)).reverse();
}

/** The path without symbolic links in it; the path itself where nothing is. */
export async function realPath(host: Host, path: string): Promise<string> {
  const { code, stdout } = await host.query({ argv: ["readlink", "-e", path] });
  return code === 0 && stdout.startsWith("/") ? stdout.replace(/\n$/, "") : path;
}
