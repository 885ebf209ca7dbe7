import { stringify } from "../config/yaml.ts";
import { diagnoseKubelet, together } from "../cluster/diagnosis.ts";
import { presentAuthority } from "../cluster/existing_authority.ts";
import type { FileCredentials } from "../cluster/discovery_file.ts";
import { kubeconfigDocument, type UserCredentials } from "../cluster/kubeconfigs.ts";
import { rotatedCertificate } from "../cluster/kubelet.ts";
import { KUBELET_FILES } from "../cluster/paths.ts";
import type { JoinConfiguration } from "../config/types.ts";
import { durationMs } from "../config/duration.ts";
import type { Host } from "../system.ts";
import type { Phase } from "./phase.ts";

/** What giving the kubelet its identity needs. */
export interface BootstrapKubeletContext {
  host: Host;
  config: JoinConfiguration;
  /** The cluster, proven; undefined when the kubelet has its identity already. */
  cluster(): Promise<ProvenCluster | undefined>;
}

/** The cluster, and how this host proves who it is until its kubelet has an identity. */
interface ProvenCluster {
  server: string;
  caPem: string;
  credentials: FileCredentials;
  user: string;
  clusterName: string;
}

/** The same credentials as a kubeconfig holds them. */
function embedded(credentials: FileCredentials): UserCredentials {
  if ("token" in credentials) return credentials;
  const { certificatePem, keyPem } = credentials.client;
  return { clientCertPem: certificatePem, clientKeyPem: keyPem };
}

/** The files that a kubelet without an identity asks for one with. */
export const bootstrapCredentials: Phase<BootstrapKubeletContext> = {
  name: "bootstrap-credentials",
  summary: "write the CA and the kubelet's bootstrap credentials",
  async run(context) {
    const { host, config } = context;
    const cluster = await context.cluster();
    if (!cluster) return;
    const present = await presentAuthority(host, config, cluster.caPem);
    await host.write(config.caCertPath, present ?? cluster.caPem, 0o644);
    const document = kubeconfigDocument({ ...cluster, credentials: embedded(cluster.credentials) });
    await host.write(KUBELET_FILES.bootstrapKubeconfig, stringify(document), 0o600, { secret: true });
  },
};

/** Why there is no identity yet, from the kubelet's journal. */
async function explain(host: Host) {
  return together(
    [await diagnoseKubelet(host, true)],
    "Look at the requests, on a control plane node: kubectl get certificatesigningrequests",
  );
}

/** Waits for the kubelet's own identity, then takes the bootstrap credentials away. */
export const kubeletWaitBootstrap: Phase<BootstrapKubeletContext> = {
  name: "kubelet-wait-bootstrap",
  summary: "wait until the kubelet has its own identity, and remove the bootstrap credentials",
  async run({ host, config }) {
    if (await host.stat(KUBELET_FILES.kubeconfig) === undefined) {
      await host.wait<void>({
        what: "the kubelet to get its own identity",
        timeoutMs: durationMs(config.timeouts.tlsBootstrap),
        assume: undefined,
        explain: () => explain(host),
        probe: async () =>
          await host.stat(KUBELET_FILES.kubeconfig) &&
            await host.stat(rotatedCertificate(config.nodeRegistration.kubeletExtraArgs))
            ? { done: true, value: undefined }
            : { done: false, state: "its certificate request is not answered yet" },
      });
    }
    await host.remove(KUBELET_FILES.bootstrapKubeconfig);
  },
};
