import { CLUSTER_AUTHORITY, inspectKubeconfig, inspectKubeconfigs } from "../node/pki/kubeconfigs.ts";
import { problemsOf } from "../node/pki/external.ts";
import { readPair, signingAuthority } from "../node/pki/pair.ts";
import {
  clientRequest,
  kubeconfigDocument,
  KUBECONFIGS,
  type KubeconfigSpec,
  serverOf,
} from "../cluster/pki/kubeconfigs.ts";
import type { ControlPlaneNode } from "../cluster/control_plane/node.ts";
import { stringify } from "../config/yaml.ts";
import { InvalidInput, type Problem } from "../errors.ts";
import type { KeyPool } from "../pki/key_pool.ts";
import type { Host } from "../system.ts";
import type { Phase } from "./phase.ts";

/** What the phase needs. */
export interface KubeconfigContext {
  host: Host;
  node: ControlPlaneNode;
  /** Keys by the names of the kubeconfigs. */
  keys: KeyPool;
  /** The kubeconfigs in another directory (`--kubeconfig-dir`). */
  kubeconfigs?: readonly KubeconfigSpec[];
  /** When the program was started: the start of the validity. */
  startedAt: Date;
  /** Reports something that does not stop the command. */
  warn(message: string): void;
}

/** Writes the missing kubeconfigs. All existing ones are verified before the first write. */
export const kubeconfig: Phase<KubeconfigContext> = {
  name: "kubeconfig",
  summary: "write the kubeconfigs of the administrators and of this node's components",
  run: async ({ host, node, kubeconfigs }) =>
    refuse(problemsOf(node, await inspectKubeconfigs(host, node, kubeconfigs))),
  phases: KUBECONFIGS.map(kubeconfigPhase),
};

function kubeconfigPhase({ name, summary }: KubeconfigSpec): Phase<KubeconfigContext> {
  const specOf = ({ kubeconfigs = KUBECONFIGS }: KubeconfigContext) => kubeconfigs.find((spec) => spec.name === name)!;
  return { name, summary, run: (context) => ensureKubeconfig(context, specOf(context)) };
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new InvalidInput("Cannot use the existing kubeconfigs:", problems);
}

/** Keeps an existing kubeconfig, or creates it with its own client certificate. */
async function ensureKubeconfig(context: KubeconfigContext, spec: KubeconfigSpec): Promise<void> {
  const { host, node, startedAt, warn } = context;
  const inspected = await inspectKubeconfig(host, node, spec);
  refuse(problemsOf(node, [inspected]));
  const { exists, authority, warnings } = inspected;
  warnings.forEach(warn);
  if (exists) return;

  const signer = signingAuthority(
    node,
    CLUSTER_AUTHORITY,
    authority ?? await readPair(host, node, CLUSTER_AUTHORITY),
  );
  const [keys, { issueLeaf }, { certificatePem }, { privateKeyPem }] = await Promise.all([
    context.keys.take(spec.name),
    import("../pki/issue.ts"),
    import("../pki/certificate.ts"),
    import("../pki/key_pem.ts"),
  ]);
  const certificate = await issueLeaf(clientRequest(spec, node, startedAt), keys.publicKey, signer);
  const document = kubeconfigDocument({
    clusterName: node.cluster.clusterName,
    server: serverOf(spec, node),
    caPem: certificatePem(...signer.bundle),
    user: spec.user(node),
    credentials: { clientCertPem: certificatePem(certificate), clientKeyPem: await privateKeyPem(keys) },
  });
  await host.put({ path: spec.path, mode: 0o600, secret: true, content: stringify(document) });
}
