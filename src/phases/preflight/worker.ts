import { type Family, formatHostPort, type HostPort, parseAddress } from "../../config/addresses.ts";
import type { JoinConfiguration } from "../../config/types.ts";
import { bridgeInTheWay, leftConfigurations } from "../../node/pod_network.ts";
import { KUBELET_FILES, PORTS } from "../../cluster/paths.ts";
import { expectationsCheck } from "./kubelet_flags.ts";
import { FOLDER_CHECK, workerManifests } from "./manifests.ts";
import { pathName } from "./names.ts";
import { forwardingChecks } from "./network.ts";
import type { NodeContext } from "./node.ts";
import { hostFindings } from "./proxy.ts";
import { type Check, NOTHING, warningOf } from "./run.ts";
import { firewallCheck } from "./services.ts";
import { shellWord } from "../../text/shell.ts";

/** What the checks of a worker look at. */
export interface WorkerContext extends NodeContext {
  config: JoinConfiguration;
  /** Where the first connection goes: the API server, or who has the discovery file. */
  endpoint?: HostPort;
}

/** What to do about a host that has been a node before. */
const TAKE_OUT = "This host is, or was, part of another cluster. Take it out of that one first (kubewright reset).";

/** A kubeconfig of the kubelet's, unless an earlier run of this program has led to it. */
function kubeconfigCheck(path: string): Check<NodeContext> {
  return {
    name: pathName("FileAvailable", path),
    async look({ host, ownPaths }) {
      if (ownPaths.has(path) || ownPaths.has(KUBELET_FILES.configuration) || !await host.stat(path)) return NOTHING;
      return { errors: [`${path} is there already, and not from kubewright`], hint: TAKE_OUT };
    },
  };
}

/** The family of an endpoint's address; undefined where it has a name. */
export function familyOf(endpoint: HostPort | undefined): Family | undefined {
  return endpoint && parseAddress(endpoint.host)?.family;
}

/** What another cluster's kubelet was configured with. */
const CONFIGURATION_CHECK: Check<NodeContext> = {
  name: pathName("FileAvailable", KUBELET_FILES.configuration),
  async look({ host, ownPaths }) {
    const path = KUBELET_FILES.configuration;
    if (ownPaths.has(path) || !await host.stat(path)) return NOTHING;
    return { errors: [`${path} is there already, and not from kubewright`], hint: TAKE_OUT };
  },
};

/** Checks of a worker, besides those of every node. */
export const WORKER_CHECKS: readonly Check<WorkerContext>[] = [
  {
    name: "DiscoveryEndpoint",
    essential: true,
    async look({ host, endpoint }) {
      if (!endpoint || familyOf(endpoint) || await host.resolves(endpoint.host)) return NOTHING;
      const name = endpoint.host;
      const server = formatHostPort(endpoint);
      return {
        errors: [
          `the name "${name}" of the first server to ask (${server}) does not resolve to an address on this host`,
        ],
        hint: `Look at it with: getent hosts ${shellWord(name)}. Add it to DNS or to /etc/hosts, or join by address.`,
      };
    },
  },
  {
    name: "HTTPProxy",
    look({ host, config }) {
      const endpoint = config.discovery.bootstrapToken?.apiServerEndpoint;
      return Promise.resolve(endpoint ? hostFindings(endpoint.host, host.environment()) : NOTHING);
    },
  },
  ...forwardingChecks(["IPv4", "IPv6"]).map((check, i): Check<WorkerContext> => ({
    name: check.name,
    // Which families the cluster has is not known yet, but for that of a literal address.
    look: async (context) => familyOf(context.endpoint) === ["IPv4", "IPv6"][i] ? await check.look(context) : NOTHING,
  })),
  firewallCheck([PORTS.kubelet]),
  kubeconfigCheck(KUBELET_FILES.kubeconfig),
  kubeconfigCheck(KUBELET_FILES.bootstrapKubeconfig),
  CONFIGURATION_CHECK,
  expectationsCheck(false),
  {
    name: "CNIConfiguration",
    look: async ({ host, ownPaths }) =>
      ownPaths.has(KUBELET_FILES.configuration) ? NOTHING : warningOf(await leftConfigurations(host)),
  },
  {
    name: "CNILinks",
    look: ({ host, ownPaths }) =>
      Promise.resolve(
        ownPaths.has(KUBELET_FILES.configuration) ? NOTHING : warningOf(bridgeInTheWay(host, undefined)),
      ),
  },
  {
    name: FOLDER_CHECK,
    look: async ({ host, ownPaths }) =>
      ownPaths.has(KUBELET_FILES.configuration) ? NOTHING : await workerManifests(host, ownPaths, TAKE_OUT),
  },
];
