import { kubeadmConfigObjects, kubeletConfigObjects } from "../cluster/objects/kubeadm_config.ts";
import type { InitConfiguration } from "../config/types.ts";
import type { KubeClient } from "../system.ts";
import type { Phase } from "./phase.ts";

/** What publishing the configuration needs. */
export interface UploadConfigContext {
  config: InitConfiguration;
  admin(): Promise<KubeClient>;
}

/** The configuration in the cluster, where `join` and later upgrades read it. */
export const uploadConfig: Phase<UploadConfigContext> = {
  name: "upload-config",
  summary: "store the configuration in the cluster, for those who join",
  phases: [
    {
      name: "kubeadm",
      summary: "store the ClusterConfiguration in ConfigMap kubeadm-config",
      async run({ config, admin }) {
        const client = await admin();
        await Promise.all(kubeadmConfigObjects(config.cluster).map((object) => client.apply(object)));
      },
    },
    {
      name: "kubelet",
      summary: "store the KubeletConfiguration in ConfigMap kubelet-config",
      async run({ config, admin }) {
        const client = await admin();
        const objects = await kubeletConfigObjects(config.cluster, config.kubelet);
        await Promise.all(objects.map((object) => client.apply(object)));
      },
    },
  ],
};
