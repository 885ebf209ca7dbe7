/** The container runtimes of this host. @module */
import { UserError } from "../../errors.ts";
import { RUNTIMES } from "../../runtimes.ts";
import type { ContainerRuntime, Host } from "../../system.ts";

/** How long (ms) a runtime may take to answer when there are several. */
const ANSWER_MS = 2_000;

/** Whether a runtime answers at the socket: a stopped one may leave its socket, and Docker's containerd does not serve the CRI. */
async function answers(runtime: ContainerRuntime): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), ANSWER_MS));
  const asked = runtime.version().then(() => true, (error) => {
    if (error instanceof UserError) return false;
    throw error;
  });
  asked.catch(() => undefined); // after the time limit, no one handles a rejection
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Sockets of runtimes as URLs, in order of preference. Of several sockets only those count where a runtime answers; when
 * no runtime answers, the first socket is returned, and the check of the runtime reports why.
 * @param runtime connects to a socket; without it only the files are checked.
 */
export async function criSockets(host: Host, runtime?: (socket: string) => ContainerRuntime): Promise<string[]> {
  const there = await Promise.all(RUNTIMES.map(async ({ socket: path }) => await host.stat(path) !== undefined));
  const sockets = RUNTIMES.filter((_, i) => there[i]).map(({ socket: path }) => `unix://${path}`);
  if (sockets.length < 2 || runtime === undefined) return sockets;
  const live = await Promise.all(sockets.map((socket) => answers(runtime(socket))));
  const answering = sockets.filter((_, i) => live[i]);
  return answering.length > 0 ? answering : sockets.slice(0, 1);
}
