import { presentAuthority } from "../../node/pki/authority.ts";
import { KUBEADM_CONFIG } from "../../cluster/objects/kubeadm_config.ts";
import { configMapText } from "../../node/config_map.ts";
import { readCredentials } from "../../node/credentials.ts";
import { kubeletIdentityProblem } from "../../node/kubelet/identity.ts";
import { KUBELET_FILES } from "../../cluster/paths.ts";
import { kubeletSkewProblem, versionOf } from "../../cluster/versions.ts";
import type { Version } from "../../config/kubernetes_version.ts";
import { parseClusterConfiguration } from "../../config/serialize.ts";
import type { HostPort } from "../../config/addresses.ts";
import type { ComponentConfiguration, JoinConfiguration } from "../../config/types.ts";
import { InvalidInput } from "../../errors.ts";
import type { KubeClient, KubeObject } from "../../system.ts";
import type { Phase } from "../phase.ts";
import { identityFinding, KUBELET_CHECKS } from "./kubelet.ts";
import { familiesOf, forwardingChecks } from "./network.ts";
import type { NodeContext } from "./node.ts";
import { type Check, runChecks } from "./run.ts";
import { familyOf } from "./worker.ts";
import { shellWord } from "../../text/shell.ts";

/** What asking the cluster about a node to be needs. */
export interface ClusterChecksContext extends NodeContext {
  /** Where the first connection goes; the family of a literal address was looked at before. */
  endpoint?: HostPort;
  config: JoinConfiguration;
  /** The cluster, proven; undefined when the kubelet has its identity already. */
  cluster(): Promise<{ server: string; caPem: string } | undefined>;
  /** A client that may read the cluster's configuration and this node. */
  reader(): Promise<KubeClient>;
  /** The cluster's KubeletConfiguration. */
  kubeletConfiguration(): Promise<ComponentConfiguration>;
}

function isReady(node: KubeObject): boolean {
  const { conditions } = (node["status"] ?? {}) as { conditions?: { type: string; status: string }[] };
  return Array.isArray(conditions) &&
    conditions.some((condition) => condition?.type === "Ready" && condition.status === "True");
}

/** Whether this kubelet goes with the cluster's control plane. */
function versionCheck(kubeletVersion: string | undefined, controlPlane: Version): Check<NodeContext> {
  return {
    name: "KubeletVersion",
    look() {
      const problem = kubeletVersion && kubeletSkewProblem(versionOf(kubeletVersion), controlPlane);
      return Promise.resolve(problem ? { errors: [problem], hint: "Install a kubelet of a fitting version." } : {});
    },
  };
}

/** @throws {InvalidInput} when the cluster has a Ready node of this name, which is another host then. */
async function checkNameIsFree(reader: KubeClient, name: string): Promise<void> {
  const node = await reader.get({ apiVersion: "v1", kind: "Node", name });
  if (!node || !isReady(node)) return;
  throw new InvalidInput("Cannot join:", [{
    where: "nodeRegistration.name",
    what: `the cluster has a Ready node "${name}" already`,
    hint: `Give another name with --node-name, or delete that node first: kubectl delete node ${shellWord(name)}`,
  }]);
}

/** Whether the kubelet would be refused with an identity that it has stored: it has to be of the cluster that was proven. */
const IDENTITY_CHECK: Check<ClusterChecksContext> = {
  name: "KubeletIdentity",
  essential: true,
  async look({ host, config, cluster }) {
    const { name, kubeletExtraArgs } = config.nodeRegistration;
    const caPem = (await cluster())?.caPem ?? (await readCredentials(host, KUBELET_FILES.kubeconfig))?.caPem;
    return identityFinding(await kubeletIdentityProblem(host, { name, kubeletExtraArgs, caPem }));
  },
};

/** What the cluster says about this node before it is one. */
export const clusterChecks: Phase<ClusterChecksContext> = {
  name: "cluster-checks",
  summary: "check that the cluster takes this node",
  async run(context) {
    const { config, facts } = context;
    const ignored = config.nodeRegistration.ignorePreflightErrors;
    // First: with such an identity nothing can be read of the cluster.
    await runChecks([IDENTITY_CHECK], context, ignored);
    const reader = await context.reader();
    const { kubernetesVersion, networking } = parseClusterConfiguration(await configMapText(reader, KUBEADM_CONFIG));
    const kubelet = await context.kubeletConfiguration();
    await runChecks(
      [
        ...KUBELET_CHECKS,
        versionCheck(facts.kubeletVersion, kubernetesVersion),
        ...forwardingChecks(
          familiesOf([...networking.serviceSubnet, ...networking.podSubnet])
            .filter((family) => family !== familyOf(context.endpoint)),
        ),
      ],
      { ...context, kubelet },
      ignored,
    );
    const cluster = await context.cluster();
    if (!cluster) return;
    await presentAuthority(context.host, config, cluster.caPem);
    await checkNameIsFree(reader, config.nodeRegistration.name);
  },
};
