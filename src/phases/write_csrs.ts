import type { InspectedCsr } from "../node/pki/csr.ts";
import { controlPlaneUrl, localUrl } from "../cluster/endpoints.ts";
import { pendingKubeconfigDocument } from "../cluster/pki/kubeconfigs.ts";
import type { ControlPlaneNode } from "../cluster/control_plane/node.ts";
import { stringify } from "../config/yaml.ts";
import type { KeyPool } from "../pki/key_pool.ts";
import type { Host } from "../system.ts";

/** What writing the requests needs. */
export interface CsrsContext {
  host: Host;
  node: ControlPlaneNode;
  /** Keys by the names of the requests. */
  keys: KeyPool;
}

/** Only root can read keys and requests. */
const MODE = 0o600;

/** Writes the missing keys, each followed by its request: a killed run leaves at most a key without its request. */
export async function writeCsrs(context: CsrsContext, existing: readonly InspectedCsr[]): Promise<void> {
  const { host, node } = context;
  const { certificateRequestPem } = await import("../pki/csr.ts");
  const { privateKeyPem } = await import("../pki/key_pem.ts");
  for (const { wanted, keys: there, hasRequest } of existing) {
    const keys = there ?? await context.keys.take(wanted.name);
    if (!there) {
      const clientKeyPem = await privateKeyPem(keys);
      const { kubeconfig } = wanted;
      const text = kubeconfig === undefined ? clientKeyPem : stringify(pendingKubeconfigDocument({
        clusterName: node.cluster.clusterName,
        // As kubeadm: only these two connect to the API server of their own node.
        server: ["controller-manager", "scheduler"].includes(kubeconfig.name)
          ? localUrl(node.endpoint)
          : controlPlaneUrl(node.cluster, node.endpoint),
        user: kubeconfig.user(node),
        clientKeyPem,
      }));
      await host.put({ path: wanted.keyPath, mode: MODE, secret: true, content: text });
    }
    if (!hasRequest) {
      const content = await certificateRequestPem(wanted.subject, keys);
      await host.put({ path: wanted.requestPath, mode: MODE, content });
    }
  }
}
