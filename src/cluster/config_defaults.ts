/**
 * Configurations with defaults, which `config print` prints as a starting point. Values that depend on the host or the user
 * are kubeadm's placeholders.
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/cmd/config.go
 * @module
 */
import { ANY_HOST } from "../config/check_file.ts";
import { loadInit, loadJoin } from "../config/load.ts";
import { loadReset } from "../config/load_reset.ts";
import { loadUpgrade } from "../config/load_upgrade.ts";
import {
  type Document,
  initDocuments,
  joinDocument,
  resetDocument,
  upgradeDocument,
} from "../config/serialize_kinds.ts";
import { type Settings, withSetting } from "../config/assignments.ts";
import { kubeProxyConfiguration } from "./addons/kube_proxy.ts";
import { withDefaults } from "./objects/config_map.ts";
import { KUBE_PROXY_ZEROS, KUBELET_ZEROS } from "./kubelet/component_zeros.ts";
import { controlPlaneNode } from "./control_plane/node.ts";
import { kubeletConfiguration } from "./kubelet/configuration.ts";
import { SUPPORTED } from "./versions.ts";

const TOKEN = "abcdef.0123456789abcdef";

/** Values by field path. */
function settings(values: Readonly<Record<string, unknown>>): Settings {
  return Object.entries(values).reduce<Settings>((all, [path, value]) => withSetting(all, path, value), {});
}

function placeholders() {
  return loadInit(
    undefined,
    settings({
      "InitConfiguration.localAPIEndpoint.advertiseAddress": "1.2.3.4",
      "InitConfiguration.nodeRegistration.name": "node",
      "InitConfiguration.bootstrapTokens[0].token": TOKEN,
      "ClusterConfiguration.kubernetesVersion": SUPPORTED.newest,
    }),
    ANY_HOST,
    SUPPORTED,
  );
}

/** `init-defaults`: InitConfiguration and ClusterConfiguration. */
export function initDefaults(): Document[] {
  const config = placeholders();
  const { major, minor } = config.cluster.kubernetesVersion;
  const [init, cluster] = initDocuments(config, null);
  return [init!, { ...cluster!, kubernetesVersion: `${major}.${minor}.0` }];
}

/** `join-defaults`: JoinConfiguration. @param nodeName the name of this host. */
export function joinDefaults(nodeName: string): Document[] {
  const discovery = "JoinConfiguration.discovery";
  const given = settings({
    [`${discovery}.bootstrapToken.apiServerEndpoint`]: "kube-apiserver:6443",
    [`${discovery}.bootstrapToken.token`]: TOKEN,
    [`${discovery}.tlsBootstrapToken`]: TOKEN,
    [`${discovery}.bootstrapToken.unsafeSkipCAVerification`]: true,
    "JoinConfiguration.nodeRegistration.name": nodeName,
  });
  return [joinDocument(loadJoin(undefined, given, ANY_HOST))];
}

/** `reset-defaults`: ResetConfiguration. */
export function resetDefaults(): Document[] {
  return [resetDocument(loadReset(undefined, {}, ANY_HOST))];
}

/** `upgrade-defaults`: UpgradeConfiguration. */
export function upgradeDefaults(): Document[] {
  return [upgradeDocument(loadUpgrade(undefined))];
}

/** The components' own configurations, by kind. */
export const COMPONENT_DEFAULTS: Readonly<Record<string, () => Document>> = {
  KubeProxyConfiguration: () =>
    withDefaults(kubeProxyConfiguration(controlPlaneNode(placeholders())), KUBE_PROXY_ZEROS) as Document,
  KubeletConfiguration: () => withDefaults(kubeletConfiguration(placeholders().cluster), KUBELET_ZEROS) as Document,
};
