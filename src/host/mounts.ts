/**
 * What is mounted on this host, asked in one place. Nothing is removed on the word of an answer that could not be had.
 * @module
 */
import { UserError } from "../errors.ts";
import { execute } from "./process.ts";
import { commandError } from "../programs.ts";

/** Where Linux lists the mounts of this process's view of the machine. */
const MOUNTINFO = "/proc/self/mountinfo";

/**
 * Mount points in the order in which they were mounted; one that is covered occurs twice.
 * @throws {UserError} when the list cannot be read, or is not one.
 */
export async function mountPoints(): Promise<string[]> {
  // By a program of the system: Deno reads /proc only with all permissions granted (see ARCHITECTURE.md).
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
