/**
 * An observer on a host that is of no tool: it asks addresses until they answer well, and says when.
 *
 * @module
 */

import { componentFolder } from "./build.ts";
import type { Host } from "./host.ts";
import { tail } from "./process.ts";

const PROGRAM = "/usr/local/bin/observe";

/** Readiness of the control plane, as its own ports tell it without credentials. */
export const CONTROL_PLANE: Readonly<Record<string, string>> = {
  "kube-apiserver": "https://127.0.0.1:6443/readyz",
  "kube-controller-manager": "https://127.0.0.1:10257/healthz",
  "kube-scheduler": "https://127.0.0.1:10259/healthz",
};

/** The lab's own program `observe`, on this machine. */
export async function observerProgram(): Promise<string> {
  const folder = await componentFolder({
    name: "observe",
    version: "v1",
    module: "observe",
    programs: [{ name: "observe", package: "kubewright.lab/observe" }],
  });
  return `${folder}/observe`;
}

/** What is asked, and as whom. */
export interface Observation {
  /** URL by name; behind a `#` stands text that the answer has to hold. */
  urls: Readonly<Record<string, string>>;
  /** Client certificate and its key, paths on the host. */
  client?: { certificate: string; key: string };
}

/** Puts the observer on a host. */
export async function equipObserver(host: Host): Promise<void> {
  await host.push(await observerProgram(), PROGRAM);
}

/** Starts to ask; milliseconds since 1970 by name, when all have answered well. Fails after three minutes. */
export function observe(host: Host, { urls, client }: Observation): Promise<ReadonlyMap<string, number>> {
  const identity = client === undefined ? [] : ["-cert", client.certificate, "-key", client.key];
  const asked = Object.entries(urls).map(([name, url]) => `${name}=${url}`);
  return host.spawn([PROGRAM, ...identity, "180", ...asked]).done.then((output) => {
    if (output.code !== 0) throw new Error(`${host.name}: not all of ${asked.join(", ")} answered\n${tail(output)}`);
    return new Map(
      output.stdout.trim().split("\n").map((line) => line.split(" ")).map(([name, ms]) => [name!, Number(ms)]),
    );
  });
}
