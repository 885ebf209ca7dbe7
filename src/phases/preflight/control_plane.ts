import { parseAddress } from "../../config/addresses.ts";
import type { Host } from "../../system.ts";
import type { ControlPlaneNode } from "../../cluster/control_plane/node.ts";
import { pkiPaths } from "../../cluster/pki/certificates.ts";
import {
  bridgeInTheWay,
  firstNodeNetworks,
  missingPlugins,
  preferredConfigurations,
  tunnelsInTheWay,
} from "../../node/pod_network.ts";
import { kubeletIdentityProblem } from "../../node/kubelet/identity.ts";
import { KUBELET_FILES, manifestPath, PORTS } from "../../cluster/paths.ts";
import { kubeletSkewProblem, versionOf } from "../../cluster/versions.ts";
import { InvalidInput } from "../../errors.ts";
import { externalEtcdChecks, type ExternalEtcdContext } from "./external_etcd.ts";
import { identityFinding, type KubeletContext } from "./kubelet.ts";
import { expectationsCheck } from "./kubelet_flags.ts";
import { COMPONENTS, controlPlaneManifests, FOLDER_CHECK } from "./manifests.ts";
import { pathName } from "./names.ts";
import { familiesOf, forwardingChecks, portFindings } from "./network.ts";
import { hostFindings, networkFindings } from "./proxy.ts";
import { type Check, type Findings, NOTHING, warningOf } from "./run.ts";
import { firewallCheck } from "./services.ts";

/** What the checks of a control plane node look at. */
export interface ControlPlaneContext extends KubeletContext, ExternalEtcdContext {
  node: ControlPlaneNode;
  /** What brings the pod network; absent: somebody else. */
  podNetwork?: { kind: string };
}

/** Least memory (MiB) and number of CPUs; https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/#before-you-begin */
const LEAST = { memory: 1700, cpus: 2 };

/** A port that a component of this control plane will take. */
interface WantedPort {
  port: number;
  addresses: readonly string[];
  /** Static pod whose manifest, when it is our own, means that the port is taken by ourselves. */
  component: string;
}

/** Every port of the control plane, at the addresses where its component listens. */
function wantedPorts({ cluster, endpoint }: ControlPlaneNode): WantedPort[] {
  const bound = (args: readonly { name: string; value: string }[], otherwise: string) => [
    args.findLast((arg) => arg.name === "bind-address")?.value ?? otherwise,
  ];
  const { apiServer, controllerManager, scheduler } = cluster;
  const ports: WantedPort[] = [
    { port: endpoint.bindPort, addresses: bound(apiServer.extraArgs, "0.0.0.0"), component: "kube-apiserver" },
    {
      port: PORTS.controllerManager,
      addresses: bound(controllerManager.extraArgs, LOOPBACK),
      component: "kube-controller-manager",
    },
    { port: PORTS.scheduler, addresses: bound(scheduler.extraArgs, LOOPBACK), component: "kube-scheduler" },
  ];
  if (!cluster.etcd.local) return ports;
  const { advertiseAddress } = endpoint;
  return [
    ...ports,
    { port: PORTS.etcdClient, addresses: [advertiseAddress, LOOPBACK], component: "etcd" },
    { port: PORTS.etcdPeer, addresses: [advertiseAddress], component: "etcd" },
    { port: PORTS.etcdMetrics, addresses: [LOOPBACK], component: "etcd" },
  ];
}

/** Where components listen that only this host asks. */
const LOOPBACK = "127.0.0.1";

/** kubeadm's names: one check a port. Our own components from an earlier run may hold theirs. */
function portChecks(node: ControlPlaneNode): Check<ControlPlaneContext>[] {
  return wantedPorts(node).map(({ port, addresses, component }) => ({
    name: `Port-${port}`,
    essential: true,
    async look({ host, ownPaths }) {
      if (ownPaths.has(manifestPath(component))) return NOTHING;
      const found = await Promise.all(addresses.map((address) => portFindings(host, address, port)));
      return found.find(({ errors }) => errors !== undefined) ?? NOTHING;
    },
  }));
}

/** A manifest that somebody else put there would be replaced: refuse it. */
function manifestChecks(): Check<ControlPlaneContext>[] {
  return [
    ...COMPONENTS.map((component): Check<ControlPlaneContext> => ({
      name: pathName("FileAvailable", manifestPath(component)),
      look: ({ host, ownPaths }) => foreignFile(host, ownPaths, manifestPath(component)),
    })),
    { name: FOLDER_CHECK, look: ({ host, ownPaths }) => controlPlaneManifests(host, ownPaths) },
  ];
}

async function foreignFile(host: Host, ownPaths: ReadonlySet<string>, path: string): Promise<Findings> {
  if (ownPaths.has(path) || !await host.stat(path)) return NOTHING;
  return {
    errors: [`${path} is there already, and not from kubewright`],
    hint: "This host is, or was, part of another cluster. Take it out of that one first (kubewright reset).",
  };
}

async function emptyDataDirectory({ host, ownPaths, node }: ControlPlaneContext): Promise<Findings> {
  const directory = node.cluster.etcd.local?.dataDir;
  if (!directory || ownPaths.has(manifestPath("etcd")) || (await host.list(directory)).length === 0) return NOTHING;
  return {
    errors: [`${directory} is not empty, and what is in it is not from kubewright`],
    hint: "Move it away if you need what is in it, or set another etcd.local.dataDir.",
  };
}

/** Whether the kubelet would be refused with an identity that it has stored. The CA is the one that is there, else a new one. */
async function identityFindings({ host, node }: ControlPlaneContext): Promise<Findings> {
  const { name, kubeletExtraArgs } = node.registration;
  const caPem = await host.readText(pkiPaths(node.cluster, { baseName: "ca" }).certificate);
  try {
    return identityFinding(await kubeletIdentityProblem(host, { name, kubeletExtraArgs, caPem }));
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return NOTHING; // A CA that cannot be read is told of where it is inspected.
  }
}

/** What the networks of the cluster ask of this host. */
function networkChecks({ cluster, endpoint }: ControlPlaneNode): Check<ControlPlaneContext>[] {
  const networks = [...cluster.networking.serviceSubnet, ...cluster.networking.podSubnet];
  const address = endpoint.advertiseAddress;
  const family = parseAddress(address)?.family;
  return [
    ...forwardingChecks([...familiesOf(networks), ...family ? [family] : []]),
    firewallCheck([endpoint.bindPort, PORTS.kubelet]),
    { name: "HTTPProxy", look: ({ host }) => Promise.resolve(hostFindings(address, host.environment())) },
    { name: "HTTPProxyCIDR", look: ({ host }) => Promise.resolve(networkFindings(networks, host.environment())) },
  ];
}

/** What flannel would find on this host. */
const FLANNEL_CHECKS: readonly Check<ControlPlaneContext>[] = [
  { name: "CNIPlugins", look: async ({ host }) => warningOf(await missingPlugins(host)) },
  { name: "CNIConfiguration", look: async ({ host }) => warningOf(await preferredConfigurations(host)) },
  {
    name: "CNILinks",
    look({ host, node: { cluster } }) {
      const { podSubnet } = cluster.networking;
      const own = firstNodeNetworks(podSubnet, cluster.controllerManager.extraArgs);
      return Promise.resolve(warningOf(bridgeInTheWay(host, own), tunnelsInTheWay(host, podSubnet)));
    },
  },
];

/** Checks of a first control plane node, besides those of every node. */
export function controlPlaneChecks(node: ControlPlaneNode): readonly Check<ControlPlaneContext>[] {
  return [
    {
      name: "NumCPU",
      look: ({ host }) =>
        Promise.resolve(
          host.cpus() >= LEAST.cpus
            ? NOTHING
            : { errors: [`this host has ${host.cpus()} CPU, a control plane needs ${LEAST.cpus}`] },
        ),
    },
    {
      name: "Mem",
      async look({ host }) {
        const kibibytes = /^MemTotal:\s+(\d+) kB/m.exec(await host.readText("/proc/meminfo") ?? "")?.[1];
        const memory = Math.floor(Number(kibibytes ?? NaN) / 1024);
        if (!(memory < LEAST.memory)) return NOTHING;
        return { errors: [`this host has ${memory} MiB of memory, a control plane needs ${LEAST.memory}`] };
      },
    },
    {
      name: "KubeletVersion",
      look: ({ facts, node }) => {
        const problem = facts.kubeletVersion &&
          kubeletSkewProblem(versionOf(facts.kubeletVersion), node.cluster.kubernetesVersion);
        return Promise.resolve(
          problem ? { errors: [problem], hint: "Install a kubelet of a fitting version." } : NOTHING,
        );
      },
    },
    {
      name: pathName("DirAvailable", node.cluster.etcd.local?.dataDir ?? ""),
      look: emptyDataDirectory,
    },
    {
      name: pathName("FileAvailable", KUBELET_FILES.configuration),
      look: ({ host, ownPaths }) => foreignFile(host, ownPaths, KUBELET_FILES.configuration),
    },
    expectationsCheck(true),
    { name: "KubeletIdentity", essential: true, look: identityFindings },
    ...manifestChecks(),
    ...portChecks(node),
    ...networkChecks(node),
    ...(node.cluster.etcd.external ? externalEtcdChecks(node.cluster.etcd.external) : []),
    ...FLANNEL_CHECKS.map((check): Check<ControlPlaneContext> => ({
      name: check.name,
      look: async (context) => context.podNetwork?.kind === "flannel" ? await check.look(context) : NOTHING,
    })),
  ];
}
