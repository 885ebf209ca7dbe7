import { stringify } from "../config/yaml.ts";
import { diagnoseKubelet, together } from "../node/diagnosis.ts";
import { presentAuthority } from "../node/pki/authority.ts";
import type { FileCredentials } from "../cluster/discovery_file.ts";
import { kubeconfigDocument, type UserCredentials } from "../cluster/pki/kubeconfigs.ts";
import { rotatedCertificate } from "../cluster/kubelet/configuration.ts";
import { KUBELET_FILES } from "../cluster/paths.ts";
import { kubeletIdentityProblem } from "../node/kubelet/identity.ts";
import { endWhenRefused } from "../node/unauthorized.ts";
import type { JoinConfiguration } from "../config/types.ts";
import { milliseconds } from "../config/duration.ts";
import { UserError } from "../errors.ts";
import type { Host, KubeClient } from "../system.ts";
import { type FormerFilesContext, undoFiles, writeKeeping } from "./former_files.ts";
import type { Phase } from "./phase.ts";
import { httpStatusOf } from "../system/kube_error.ts";

/** What giving the kubelet its identity needs. */
export interface BootstrapKubeletContext extends FormerFilesContext {
  config: JoinConfiguration;
  /** The cluster, proven; undefined when the kubelet has its identity already. */
  cluster(): Promise<ProvenCluster | undefined>;
  /** A client with the credentials with which the kubelet asks for its identity. */
  reader(): Promise<KubeClient>;
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
    await writeKeeping(context, config.caCertPath, present ?? cluster.caPem, 0o644);
    const document = kubeconfigDocument({ ...cluster, credentials: embedded(cluster.credentials) });
    await writeKeeping(context, KUBELET_FILES.bootstrapKubeconfig, stringify(document), 0o600, { secret: true });
  },
  async undo(context) {
    await undoFiles(context, [context.config.caCertPath, KUBELET_FILES.bootstrapKubeconfig]);
  },
};

/** Why there is no identity yet, from the kubelet's journal. */
async function explain(host: Host) {
  return together(
    [await diagnoseKubelet(host, true)],
    "Look at the requests, on a control plane node: kubectl get certificatesigningrequests",
  );
}

/** How often (ms) the API server is asked whether it still takes the bootstrap credentials. */
const ASK_MS = 2_000;

/** Ends the wait when the API server no longer takes the credentials that the kubelet asks with. */
function credentialsWatch({ reader }: BootstrapKubeletContext): () => Promise<void> {
  const check = endWhenRefused(`the bootstrap credentials of the kubelet (${KUBELET_FILES.bootstrapKubeconfig})`, [
    "Create another token on a control plane node (kubewright token create --print-join-command), and join with it.",
  ]);
  let due = performance.now() + ASK_MS;
  return async () => {
    if (performance.now() < due) return;
    due = performance.now() + ASK_MS;
    try {
      check((await (await reader()).probe("/version")).status);
    } catch (error) {
      if (httpStatusOf(error) === undefined) throw error; // else: nobody answers just now
      check(error as Error);
    }
  };
}

/** A stored certificate that is not of this cluster or node: the kubelet does not ask for another one. */
async function checkIdentity({ host, config, cluster }: BootstrapKubeletContext): Promise<void> {
  const { name, kubeletExtraArgs } = config.nodeRegistration;
  const problem = await kubeletIdentityProblem(host, { name, kubeletExtraArgs, caPem: (await cluster())?.caPem });
  if (problem === undefined) return;
  throw new UserError(`Cannot wait for the identity of the kubelet: "${problem.where}" ${problem.what}`, {
    hint: [problem.hint ?? "", "Then restart the kubelet (systemctl restart kubelet), and rerun the command."],
  });
}

/** Waits for the kubelet's own identity, then takes the bootstrap credentials away. */
export const kubeletWaitBootstrap: Phase<BootstrapKubeletContext> = {
  name: "kubelet-wait-bootstrap",
  summary: "wait until the kubelet has its own identity, and remove the bootstrap credentials",
  async run(context) {
    const { host, config } = context;
    const watch = credentialsWatch(context);
    if (await host.stat(KUBELET_FILES.kubeconfig) === undefined) {
      await host.wait<void>({
        what: "the kubelet to get its own identity",
        timeoutMs: milliseconds(config.timeouts.tlsBootstrap),
        assume: undefined,
        explain: () => explain(host),
        async probe() {
          const stored = await host.stat(rotatedCertificate(config.nodeRegistration.kubeletExtraArgs));
          if (stored) await checkIdentity(context);
          if (stored && await host.stat(KUBELET_FILES.kubeconfig)) return { done: true, value: undefined };
          await watch();
          return { done: false, state: "its certificate request is not answered yet" };
        },
      });
    }
    await host.remove(KUBELET_FILES.bootstrapKubeconfig);
  },
};
