/**
 * The mounts of this host, listed in one place. When they cannot be listed, that is an error, never "nothing is mounted".
 * @module
 */
import { UserError } from "../errors.ts";
import { execute } from "./process.ts";
import { commandError } from "../programs.ts";

/** Where Linux lists the mounts in this process's namespace. */
const MOUNTINFO = "/proc/self/mountinfo";

/**
 * Mount points in the order in which they were mounted; a covered one occurs twice.
 * @throws {UserError} when the list cannot be read or is invalid.
 */
export async function mountPoints(): Promise<string[]> {
  // With a program of the host: Deno reads /proc only with all permissions granted (see ARCHITECTURE.md).
  const command = { argv: ["cat", MOUNTINFO] };
  const output = await execute(command);
  if (output.failure !== undefined || output.code !== 0) {
    const cause = commandError(command, output);
    throw new UserError(`Cannot list the mounts of this host: ${cause.message}`, { cause, hint: cause.hints });
  }
  return parseMountPoints(output.stdout);
}

/** The mount points in the text of a mountinfo (proc_pid_mountinfo(5)). @throws {UserError} when it is not one. */
export function parseMountPoints(mountinfo: string): string[] {
  const points = mountinfo.split("\n").filter(Boolean).map((line) => line.split(" ")[4] ?? "");
  if (points.length === 0 || points.some((point) => !point.startsWith("/"))) {
    throw new UserError(`Cannot list the mounts of this host: "${MOUNTINFO}" is not a list of mounts`, {
      hint: "Mount the proc file system at /proc: mount -t proc proc /proc",
    });
  }
  return points.map((point) =>
    point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
  );
}

/** The mount point of the file system that the path is on (or would be on); undefined when the mounts cannot be listed. */
export async function mountPointOf(path: string): Promise<string | undefined> {
  const points = await mountPoints().catch(() => undefined);
  return points?.filter((point) => path === point || path.startsWith(point === "/" ? "/" : `${point}/`))
    .reduce((longest, point) => point.length > longest.length ? point : longest, "/");
}
