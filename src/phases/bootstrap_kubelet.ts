import { stringify } from "../config/yaml.ts";
import { diagnoseKubelet, together } from "../cluster/diagnosis.ts";
import { kubeconfigDocument } from "../cluster/kubeconfigs.ts";
import { KUBELET_FILES } from "../cluster/paths.ts";
import type { JoinConfiguration } from "../config/types.ts";
import { durationMs } from "../config/duration.ts";
import { InvalidInput } from "../errors.ts";
import type { Host } from "../system.ts";
import type { Phase } from "./phase.ts";

/** What giving the kubelet its identity needs. */
export interface BootstrapKubeletContext {
  host: Host;
  config: JoinConfiguration;
  /** The cluster, proven; undefined when the kubelet has its identity already. */
  cluster: { server: string; caPem: string } | undefined;
}

/** User name in the bootstrap kubeconfig, as kubeadm has it. */
const BOOTSTRAP_USER = "tls-bootstrap-token-user";

/**
 * The CA's certificate that is on this host already, if any.
 * @throws {InvalidInput} when it is another one than the cluster's.
 */
export async function presentAuthority(
  host: Host,
  config: JoinConfiguration,
  caPem: string,
): Promise<string | undefined> {
  const present = await host.readText(config.caCertPath);
  if (present !== undefined && present.trim() !== caPem.trim()) {
    throw new InvalidInput("Cannot join, and nothing was changed:", [{
      where: config.caCertPath,
      what: "is there already, with another CA than the cluster's: this host is, or was, part of another cluster",
      hint: `Take it out of that one first, or move ${config.caCertPath} away.`,
    }]);
  }
  return present;
}

/** The files that a kubelet without an identity asks for one with. */
export const bootstrapCredentials: Phase<BootstrapKubeletContext> = {
  name: "bootstrap-credentials",
  summary: "write the CA and the kubelet's bootstrap credentials",
  when: ({ cluster }) => cluster !== undefined,
  async run({ host, config, cluster }) {
    const present = await presentAuthority(host, config, cluster!.caPem);
    await host.write(config.caCertPath, present ?? cluster!.caPem, 0o644);
    const document = kubeconfigDocument({
      clusterName: "kubernetes",
      server: cluster!.server,
      caPem: cluster!.caPem,
      user: BOOTSTRAP_USER,
      credentials: { token: config.discovery.tlsBootstrapToken },
    });
    await host.write(KUBELET_FILES.bootstrapKubeconfig, stringify(document), 0o600);
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
          await host.stat(KUBELET_FILES.kubeconfig) && await host.stat(KUBELET_FILES.clientCertificate)
            ? { done: true, value: undefined }
            : { done: false, state: "its certificate request is not answered yet" },
      });
    }
    await host.remove(KUBELET_FILES.bootstrapKubeconfig);
  },
};
