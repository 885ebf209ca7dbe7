/** The CA that a joining host already has. Observes, never changes. @module */
import type { JoinConfiguration } from "../../config/types.ts";
import { InvalidInput } from "../../errors.ts";
import type { Host } from "../../system.ts";
import { accessTo } from "./access.ts";
import { shellWord } from "../../text/shell.ts";

/**
 * The CA certificate on this host; undefined without one.
 * @throws {InvalidInput} when it is not the cluster's, or when any user may replace it.
 */
export async function presentAuthority(
  host: Host,
  config: JoinConfiguration,
  caPem: string,
): Promise<string | undefined> {
  const { problems } = await accessTo(host, [{ path: config.caCertPath, holds: "certificate" }]);
  if (problems.length > 0) throw new InvalidInput("Cannot join:", problems);
  const present = await host.readText(config.caCertPath);
  if (present !== undefined && present.trim() !== caPem.trim()) {
    throw new InvalidInput("Cannot join:", [{
      where: config.caCertPath,
      what: "already exists and is not the CA of this cluster: this host is or was part of another cluster",
      hint: `Remove this host from the other cluster (kubewright reset), or move ${shellWord(config.caCertPath)} away.`,
    }]);
  }
  return present;
}
