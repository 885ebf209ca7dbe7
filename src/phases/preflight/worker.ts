import { parseAddress, splitHostPort } from "../../config/addresses.ts";
import type { JoinConfiguration } from "../../config/types.ts";
import { KUBELET_FILES, MANIFESTS_DIRECTORY } from "../../cluster/paths.ts";
import type { NodeContext } from "./node.ts";
import { type Check, NOTHING } from "./run.ts";

/** What the checks of a worker look at. */
export interface WorkerContext extends NodeContext {
  config: JoinConfiguration;
  /** Where the first connection goes, `host:port`: the API server, or who has the discovery file. */
  endpoint?: string;
}

/** Checks of a worker, besides those of every node. */
export const WORKER_CHECKS: readonly Check<WorkerContext>[] = [
  {
    name: "DiscoveryEndpoint",
    async look({ host, endpoint }) {
      const name = endpoint === undefined ? undefined : splitHostPort(endpoint)?.host;
      if (name === undefined || parseAddress(name) || await host.resolves(name)) return NOTHING;
      return {
        errors: [
          `the name "${name}" of the first server to ask (${endpoint}) does not resolve to an address on this host`,
        ],
        hint: `Look at it with: getent hosts ${name}. Add it to DNS or to /etc/hosts, or join by address.`,
      };
    },
  },
  {
    name: `DirAvailable-${MANIFESTS_DIRECTORY.replaceAll("/", "-")}`,
    async look({ host, ownPaths }) {
      if (ownPaths.has(KUBELET_FILES.configuration)) return NOTHING;
      const found = await host.list(MANIFESTS_DIRECTORY);
      if (found.length === 0) return NOTHING;
      return {
        errors: [`${MANIFESTS_DIRECTORY} is not empty: the kubelet would run ${found.join(", ")}`],
        hint: "This host is, or was, part of another cluster. Take it out of that one first (kubeadm reset).",
      };
    },
  },
];
