/**
 * The fields that Go's encoder writes for an empty configuration (fields without `omitempty`): kubeadm prints them, and JSON
 * patches may name them (`replace /syncFrequency`). To the components each value means the default.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/kubelet/config/v1beta1/types.go
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/kube-proxy/config/v1alpha1/types.go
 * @module
 */
// From here on written by `deno task tables` from the types of Kubernetes 1.37.2

/** Of a KubeProxyConfiguration. */
export const KUBE_PROXY_ZEROS = {
  clientConnection: { kubeconfig: "", acceptContentTypes: "", contentType: "", qps: 0, burst: 0 },
  logging: {
    flushFrequency: 0,
    verbosity: 0,
    options: { text: { infoBufferSize: "0" }, json: { infoBufferSize: "0" } },
  },
  hostnameOverride: "",
  bindAddress: "",
  healthzBindAddress: "",
  metricsBindAddress: "",
  bindAddressHardFail: false,
  enableProfiling: false,
  showHiddenMetricsForVersion: "",
  mode: "",
  iptables: {
    masqueradeBit: null,
    masqueradeAll: false,
    localhostNodePorts: null,
    syncPeriod: "0s",
    minSyncPeriod: "0s",
  },
  ipvs: {
    syncPeriod: "0s",
    minSyncPeriod: "0s",
    scheduler: "",
    excludeCIDRs: null,
    strictARP: false,
    tcpTimeout: "0s",
    tcpFinTimeout: "0s",
    udpTimeout: "0s",
  },
  nftables: { masqueradeBit: null, masqueradeAll: false, syncPeriod: "0s", minSyncPeriod: "0s" },
  winkernel: {
    networkName: "",
    sourceVip: "",
    enableDSR: false,
    rootHnsEndpointName: "",
    forwardHealthCheckVip: false,
  },
  detectLocalMode: "",
  detectLocal: { bridgeInterface: "", interfaceNamePrefix: "" },
  clusterCIDR: "",
  nodePortAddresses: null,
  oomScoreAdj: null,
  conntrack: {
    maxPerCore: null,
    min: null,
    tcpEstablishedTimeout: null,
    tcpCloseWaitTimeout: null,
    tcpBeLiberal: false,
    udpTimeout: "0s",
    udpStreamTimeout: "0s",
  },
  configSyncPeriod: "0s",
  portRange: "",
};

/** Of a KubeletConfiguration. */
export const KUBELET_ZEROS = {
  syncFrequency: "0s",
  fileCheckFrequency: "0s",
  httpCheckFrequency: "0s",
  authentication: { x509: {}, webhook: { cacheTTL: "0s" }, anonymous: {} },
  authorization: { webhook: { cacheAuthorizedTTL: "0s", cacheUnauthorizedTTL: "0s" } },
  streamingConnectionIdleTimeout: "0s",
  nodeStatusUpdateFrequency: "0s",
  nodeStatusReportFrequency: "0s",
  imageMinimumGCAge: "0s",
  imageMaximumGCAge: "0s",
  volumeStatsAggPeriod: "0s",
  cpuManagerReconcilePeriod: "0s",
  runtimeRequestTimeout: "0s",
  evictionPressureTransitionPeriod: "0s",
  memorySwap: {},
  logging: {
    flushFrequency: 0,
    verbosity: 0,
    options: { text: { infoBufferSize: "0" }, json: { infoBufferSize: "0" } },
  },
  shutdownGracePeriod: "0s",
  shutdownGracePeriodCriticalPods: "0s",
  crashLoopBackOff: {},
  containerRuntimeEndpoint: "",
};
