import { bootstrapTokenSecret, bootstrapTokenSecretName } from "../cluster/objects/bootstrap_token.ts";
import { clusterInfoObjects } from "../cluster/objects/cluster_info.ts";
import { controlPlaneUrl } from "../cluster/endpoints.ts";
import { bootstrapAccess } from "../cluster/objects/rbac.ts";
import type { BootstrapToken } from "../config/types.ts";
import type { ControlPlaneNode } from "../cluster/control_plane/node.ts";
import type { Host, KubeClient } from "../system.ts";
import type { Phase } from "./phase.ts";

/** What publishing tokens and cluster-info needs. */
export interface BootstrapTokenContext {
  host: Host;
  node: ControlPlaneNode;
  /** The tokens to publish; `commands/init.ts` creates them. */
  tokens(): Promise<readonly BootstrapToken[]>;
  caPem(): Promise<string>;
  admin(): Promise<KubeClient>;
}

/** The token Secrets, the rights of tokens, and cluster-info, with which other hosts can join. */
export const bootstrapToken: Phase<BootstrapTokenContext> = {
  name: "bootstrap-token",
  summary: "create the bootstrap token, its rights and cluster-info, with which hosts join",
  needs: ["admin-access"],
  async run({ host, node, tokens, caPem, admin }) {
    const client = await admin();
    const secrets = await Promise.all((await tokens()).map(async (token) => {
      const name = bootstrapTokenSecretName(token.token);
      const existing = await client.get({ apiVersion: "v1", kind: "Secret", namespace: "kube-system", name });
      return bootstrapTokenSecret(token, host.now(), existing);
    }));
    const discovery = clusterInfoObjects({
      server: controlPlaneUrl(node.cluster, node.endpoint),
      caPem: await caPem(),
    });
    await Promise.all([...secrets, ...bootstrapAccess(), ...discovery].map((object) => client.apply(object)));
  },
};
