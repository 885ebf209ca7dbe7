import { type Family, formatHostPort, type HostPort, parseAddress } from "../../config/addresses.ts";
import type { JoinConfiguration } from "../../config/types.ts";
import { bridgeInTheWay, leftConfigurations } from "../../node/pod_network.ts";
import { KUBELET_FILES, PORTS } from "../../cluster/paths.ts";
import { CHECKS } from "../checks.ts";
import { foreignFile, foreignFileCheck } from "./foreign_file.ts";
import { expectationsCheck } from "./kubelet_flags.ts";
import { workerManifests } from "./manifests.ts";
import { pathName } from "./names.ts";
import { forwardingChecks } from "./network.ts";
import type { NodeContext } from "./node.ts";
import { hostFindings } from "./proxy.ts";
import { type Check, NOTHING, warningOf } from "./run.ts";
import { firewallCheck } from "./services.ts";
import { shellWord } from "../../text/shell.ts";

/** What the checks of a worker read. */
export interface WorkerContext extends NodeContext {
  config: JoinConfiguration;
  /** The server of the first connection: the API server, or the server of the discovery file. */
  endpoint?: HostPort;
}

/** A kubeconfig of the kubelet, unless an earlier run of kubewright led to it. */
function kubeconfigCheck(path: string): Check<NodeContext> {
  return {
    ...CHECKS.file,
    name: pathName("FileAvailable", path),
    look: async ({ host, ownPaths }) =>
      ownPaths.has(KUBELET_FILES.configuration) ? NOTHING : await foreignFile(host, ownPaths, path),
  };
}

/** The IP family of the address of an endpoint; undefined when the endpoint has a name. */
export function familyOf(endpoint: HostPort | undefined): Family | undefined {
  return endpoint && parseAddress(endpoint.host)?.family;
}

/** Checks of a worker, in addition to those of every node. */
export const WORKER_CHECKS: readonly Check<WorkerContext>[] = [
  {
    ...CHECKS.endpoint,
    async look({ host, endpoint }) {
      if (!endpoint || familyOf(endpoint) || await host.resolves(endpoint.host)) return NOTHING;
      const name = endpoint.host;
      const server = formatHostPort(endpoint);
      return {
        errors: [
          `the name "${name}" of the server to contact first (${server}) does not resolve to an address on this host`,
        ],
        hint: `${CHECKS.endpoint.fix} To verify the name: getent hosts ${shellWord(name)}`,
      };
    },
  },
  {
    ...CHECKS.proxy,
    look({ host, config }) {
      const endpoint = config.discovery.bootstrapToken?.apiServerEndpoint;
      return Promise.resolve(endpoint ? hostFindings(endpoint.host, host.environment()) : NOTHING);
    },
  },
  ...forwardingChecks(["IPv4", "IPv6"]).map((check, i): Check<WorkerContext> => ({
    ...check,
    // The IP families of the cluster are unknown yet, except that of a literal address.
    look: async (context) => familyOf(context.endpoint) === ["IPv4", "IPv6"][i] ? await check.look(context) : NOTHING,
  })),
  firewallCheck([PORTS.kubelet]),
  kubeconfigCheck(KUBELET_FILES.kubeconfig),
  kubeconfigCheck(KUBELET_FILES.bootstrapKubeconfig),
  foreignFileCheck(KUBELET_FILES.configuration),
  expectationsCheck(false),
  {
    ...CHECKS.cniConfiguration,
    look: async ({ host, ownPaths }) =>
      ownPaths.has(KUBELET_FILES.configuration) ? NOTHING : warningOf(await leftConfigurations(host)),
  },
  {
    ...CHECKS.cniLinks,
    look: ({ host, ownPaths }) =>
      Promise.resolve(
        ownPaths.has(KUBELET_FILES.configuration) ? NOTHING : warningOf(bridgeInTheWay(host, undefined)),
      ),
  },
  {
    ...CHECKS.manifests,
    look: async ({ host, ownPaths }) =>
      ownPaths.has(KUBELET_FILES.configuration) ? NOTHING : await workerManifests(host, ownPaths),
  },
];
