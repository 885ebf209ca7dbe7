import { kubeadmConfigObjects, kubeletConfigObjects } from "../cluster/objects/kubeadm_config.ts";
import type { ComponentConfiguration } from "../config/types.ts";
import type { ControlPlaneNode } from "../cluster/control_plane/node.ts";
import type { KubeClient } from "../system.ts";
import type { Phase } from "./phase.ts";

/** What uploading the configuration needs. */
export interface UploadConfigContext {
  node: ControlPlaneNode;
  /** The user's KubeletConfiguration document. */
  kubelet?: ComponentConfiguration;
  admin(): Promise<KubeClient>;
}

/** Stores the configuration in the cluster, where `join` and upgrades read it. */
export const uploadConfig: Phase<UploadConfigContext> = {
  name: "upload-config",
  summary: "store the configuration in the cluster for hosts that join",
  needs: ["admin-access"],
  phases: [
    {
      name: "kubeadm",
      summary: "store the ClusterConfiguration in ConfigMap kubeadm-config",
      async run({ node, admin }) {
        const client = await admin();
        await Promise.all(kubeadmConfigObjects(node.cluster).map((object) => client.apply(object)));
      },
    },
    {
      name: "kubelet",
      summary: "store the KubeletConfiguration in ConfigMap kubelet-config",
      async run({ node, kubelet, admin }) {
        const client = await admin();
        const objects = await kubeletConfigObjects(node.cluster, kubelet);
        await Promise.all(objects.map((object) => client.apply(object)));
      },
    },
  ],
};
