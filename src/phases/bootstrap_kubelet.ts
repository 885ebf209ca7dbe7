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

/** What the bootstrap of the kubelet needs. */
export interface BootstrapKubeletContext extends FormerFilesContext {
  config: JoinConfiguration;
  /** The verified cluster; undefined when the kubelet already has its identity. */
  cluster(): Promise<ProvenCluster | undefined>;
  /** A client with the bootstrap credentials of the kubelet. */
  reader(): Promise<KubeClient>;
}

/** The cluster, with the credentials of this host until its kubelet has an identity. */
interface ProvenCluster {
  server: string;
  caPem: string;
  credentials: FileCredentials;
  user: string;
  clusterName: string;
}

/** The same credentials in the form of a kubeconfig. */
function embedded(credentials: FileCredentials): UserCredentials {
  if ("token" in credentials) return credentials;
  const { certificatePem, keyPem } = credentials.client;
  return { clientCertPem: certificatePem, clientKeyPem: keyPem };
}

/** The files with which a kubelet requests its identity. */
export const bootstrapCredentials: Phase<BootstrapKubeletContext> = {
  name: "bootstrap-credentials",
  summary: "write the CA certificate and the bootstrap credentials of the kubelet",
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

/** Why the kubelet has no identity yet, from its journal. */
async function explain(host: Host) {
  return together(
    [await diagnoseKubelet(host, true)],
    "List the certificate requests on a control plane node: kubectl get certificatesigningrequests",
  );
}

/** Interval (ms) at which the bootstrap credentials are tried. */
const ASK_MS = 2_000;

/** Ends the wait when the API server rejects the bootstrap credentials. */
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
      if (httpStatusOf(error) === undefined) throw error; // else: no answer at the moment
      check(error as Error);
    }
  };
}

/** With a stored certificate of another cluster or node the kubelet does not request a new one. */
async function checkIdentity({ host, config, cluster }: BootstrapKubeletContext): Promise<void> {
  const { name, kubeletExtraArgs } = config.nodeRegistration;
  const problem = await kubeletIdentityProblem(host, { name, kubeletExtraArgs, caPem: (await cluster())?.caPem });
  if (problem === undefined) return;
  throw new UserError(`Cannot get an identity for the kubelet: "${problem.where}" ${problem.what}`, {
    hint: [problem.hint ?? "", "Then restart the kubelet (systemctl restart kubelet), and rerun the command."],
  });
}

/** Waits for the identity of the kubelet, then removes the bootstrap credentials. */
export const kubeletWaitBootstrap: Phase<BootstrapKubeletContext> = {
  name: "kubelet-wait-bootstrap",
  summary: "wait for the identity of the kubelet, then remove the bootstrap credentials",
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
          return { done: false, state: "the certificate request is not approved yet" };
        },
      });
    }
    await host.remove(KUBELET_FILES.bootstrapKubeconfig);
  },
};
