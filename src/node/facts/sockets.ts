/** Which container runtimes there are on this host. @module */
import { UserError } from "../../errors.ts";
import { RUNTIMES } from "../../runtimes.ts";
import type { ContainerRuntime, Host } from "../../system.ts";

/** How long (ms) a runtime may take to answer while others are there to choose from. */
const ANSWER_MS = 2_000;

/** Whether a runtime answers at the socket; one that was stopped may leave its socket, and Docker's containerd serves no CRI. */
async function answers(runtime: ContainerRuntime): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), ANSWER_MS));
  const asked = runtime.version().then(() => true, (error) => {
    if (error instanceof UserError) return false;
    throw error;
  });
  asked.catch(() => undefined); // nobody listens any more when it was late
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Sockets of runtimes as URLs, in order of preference. Of several files only those count at which a runtime answers; when
 * none does, the first is left, for the check of the runtime to say why.
 * @param runtime asks at a socket; without it the files are all that is looked at.
 */
export async function criSockets(host: Host, runtime?: (socket: string) => ContainerRuntime): Promise<string[]> {
  const there = await Promise.all(RUNTIMES.map(async ({ socket: path }) => await host.stat(path) !== undefined));
  const sockets = RUNTIMES.filter((_, i) => there[i]).map(({ socket: path }) => `unix://${path}`);
  if (sockets.length < 2 || runtime === undefined) return sockets;
  const live = await Promise.all(sockets.map((socket) => answers(runtime(socket))));
  const answering = sockets.filter((_, i) => live[i]);
  return answering.length > 0 ? answering : sockets.slice(0, 1);
}
