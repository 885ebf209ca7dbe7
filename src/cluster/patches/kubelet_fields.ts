/**
 * What kubeadm's KubeletConfiguration holds though nobody has set it: its Go type writes these fields always. JSON patches
 * may name them (`replace /syncFrequency`), so they have to be there while patches apply.
 * @see https://github.com/kubernetes/kubelet/blob/v0.37.2/config/v1beta1/types.go
 * @module
 */
export const UNSET_KUBELET_FIELDS = {
  authentication: { anonymous: {}, webhook: { cacheTTL: "0s" }, x509: {} },
  authorization: { webhook: { cacheAuthorizedTTL: "0s", cacheUnauthorizedTTL: "0s" } },
  containerRuntimeEndpoint: "",
  cpuManagerReconcilePeriod: "0s",
  crashLoopBackOff: {},
  evictionPressureTransitionPeriod: "0s",
  fileCheckFrequency: "0s",
  httpCheckFrequency: "0s",
  imageMaximumGCAge: "0s",
  imageMinimumGCAge: "0s",
  logging: {
    flushFrequency: 0,
    options: { json: { infoBufferSize: "0" }, text: { infoBufferSize: "0" } },
    verbosity: 0,
  },
  memorySwap: {},
  nodeStatusReportFrequency: "0s",
  nodeStatusUpdateFrequency: "0s",
  runtimeRequestTimeout: "0s",
  shutdownGracePeriod: "0s",
  shutdownGracePeriodCriticalPods: "0s",
  streamingConnectionIdleTimeout: "0s",
  syncFrequency: "0s",
  volumeStatsAggPeriod: "0s",
} as const;
