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
import { CHECKS } from "../checks.ts";
import { identityFinding, KUBELET_CHECKS } from "./kubelet.ts";
import { familiesOf, forwardingChecks } from "./network.ts";
import type { NodeContext } from "./node.ts";
import { type Check, runChecks } from "./run.ts";
import { familyOf } from "./worker.ts";
import { shellWord } from "../../text/shell.ts";

/** What the checks that read the cluster need. */
export interface ClusterChecksContext extends NodeContext {
  /** The server of the first connection; the IP family of a literal address was checked before. */
  endpoint?: HostPort;
  config: JoinConfiguration;
  /** The verified cluster; undefined when the kubelet already has its identity. */
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

/** Whether the control plane of the cluster supports this kubelet. */
function versionCheck(kubeletVersion: string | undefined, controlPlane: Version): Check<NodeContext> {
  return {
    ...CHECKS.kubeletVersion,
    look() {
      const problem = kubeletVersion && kubeletSkewProblem(versionOf(kubeletVersion), controlPlane);
      return Promise.resolve(problem ? { errors: [problem] } : {});
    },
  };
}

/** @throws {InvalidInput} when the cluster has a Ready node of this name, which must be another host. */
async function checkNameIsFree(reader: KubeClient, name: string): Promise<void> {
  const node = await reader.get({ apiVersion: "v1", kind: "Node", name });
  if (!node || !isReady(node)) return;
  throw new InvalidInput("Cannot join:", [{
    where: "nodeRegistration.name",
    what: `the cluster already has a Ready node "${name}"`,
    hint: `Set another name with --node-name, or delete that node first: kubectl delete node ${shellWord(name)}`,
  }]);
}

/** Whether the stored identity of the kubelet belongs to the verified cluster. */
const IDENTITY_CHECK: Check<ClusterChecksContext> = {
  ...CHECKS.identity,
  async look({ host, config, cluster }) {
    const { name, kubeletExtraArgs } = config.nodeRegistration;
    const caPem = (await cluster())?.caPem ?? (await readCredentials(host, KUBELET_FILES.kubeconfig))?.caPem;
    return identityFinding(await kubeletIdentityProblem(host, { name, kubeletExtraArgs, caPem }));
  },
};

/** Checks that read the configuration of the cluster. */
export const clusterChecks: Phase<ClusterChecksContext> = {
  name: "cluster-checks",
  summary: "verify that the cluster accepts this node",
  async run(context) {
    const { config, facts } = context;
    const ignored = config.nodeRegistration.ignorePreflightErrors;
    // First, because with a foreign identity nothing can be read from the cluster.
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
