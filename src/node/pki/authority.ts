/** What authority a host that joins knows already. Observes, never changes. @module */
import type { JoinConfiguration } from "../../config/types.ts";
import { InvalidInput } from "../../errors.ts";
import type { Host } from "../../system.ts";
import { accessTo } from "./access.ts";
import { shellWord } from "../../text/shell.ts";

/**
 * The CA's certificate that is on this host already, if any.
 * @throws {InvalidInput} when it is another one than the cluster's, or when anybody may replace it.
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
      what: "is there already, with another CA than the cluster's: this host is, or was, part of another cluster",
      hint: `Take it out of that one first, or move ${shellWord(config.caCertPath)} away.`,
    }]);
  }
  return present;
}
