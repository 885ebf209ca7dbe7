/**
 * The fields that Go's encoder writes when they say nothing (no `omitempty`), so that printed defaults are those that kubeadm
 * prints. To the components each of these means "as by default".
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/kubelet/config/v1beta1/types.go
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/kube-proxy/config/v1alpha1/types.go
 * @module
 */
import type { ComponentConfiguration } from "../../config/types.ts";

/** Fields with one value, by their names with spaces between. */
function each(value: unknown, names: string): Record<string, unknown> {
  return Object.fromEntries(names.trim().split(/\s+/).map((name) => [name, value]));
}

const LOGGING = {
  flushFrequency: 0,
  options: { json: { infoBufferSize: "0" }, text: { infoBufferSize: "0" } },
  verbosity: 0,
};

/** Of a KubeletConfiguration. */
export const KUBELET_ZEROS: ComponentConfiguration = {
  authentication: { webhook: { cacheTTL: "0s" } },
  authorization: { webhook: { cacheAuthorizedTTL: "0s", cacheUnauthorizedTTL: "0s" } },
  containerRuntimeEndpoint: "",
  crashLoopBackOff: {},
  logging: LOGGING,
  memorySwap: {},
  ...each(
    "0s",
    `cpuManagerReconcilePeriod evictionPressureTransitionPeriod fileCheckFrequency httpCheckFrequency imageMaximumGCAge
    imageMinimumGCAge nodeStatusReportFrequency nodeStatusUpdateFrequency runtimeRequestTimeout shutdownGracePeriod
    shutdownGracePeriodCriticalPods streamingConnectionIdleTimeout syncFrequency volumeStatsAggPeriod`,
  ),
};

/** Of a KubeProxyConfiguration. */
export const KUBE_PROXY_ZEROS: ComponentConfiguration = {
  bindAddressHardFail: false,
  clientConnection: { acceptContentTypes: "", burst: 0, contentType: "", qps: 0 },
  conntrack: {
    ...each(null, "maxPerCore min tcpCloseWaitTimeout tcpEstablishedTimeout"),
    ...each("0s", "udpStreamTimeout udpTimeout"),
    tcpBeLiberal: false,
  },
  configSyncPeriod: "0s",
  detectLocal: { bridgeInterface: "", interfaceNamePrefix: "" },
  enableProfiling: false,
  iptables: {
    localhostNodePorts: null,
    masqueradeAll: false,
    masqueradeBit: null,
    minSyncPeriod: "0s",
    syncPeriod: "0s",
  },
  ipvs: {
    excludeCIDRs: null,
    scheduler: "",
    strictARP: false,
    ...each("0s", "minSyncPeriod syncPeriod tcpFinTimeout tcpTimeout udpTimeout"),
  },
  logging: LOGGING,
  nftables: { masqueradeAll: false, masqueradeBit: null, minSyncPeriod: "0s", syncPeriod: "0s" },
  nodePortAddresses: null,
  oomScoreAdj: null,
  winkernel: {
    enableDSR: false,
    forwardHealthCheckVip: false,
    ...each("", "networkName rootHnsEndpointName sourceVip"),
  },
  ...each(
    "",
    `clusterCIDR detectLocalMode healthzBindAddress hostnameOverride metricsBindAddress portRange
    showHiddenMetricsForVersion`,
  ),
};
