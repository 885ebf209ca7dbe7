/**
 * The fields of KubeletConfiguration and KubeProxyConfiguration, grouped by type. The documents are passed on unchanged;
 * these schemas find misspelled fields, which the programs would report only after the host was changed, or never.
 *
 * Sources: k8s.io/kubelet/config/v1beta1, k8s.io/kube-proxy/config/v1alpha1, k8s.io/component-base.
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/kubelet/config/v1beta1/types.go
 * @module
 */
import { durationText } from "./validators.ts";
import type { Schema } from "./schema.ts";

const TEXT: Schema = { type: "text" };
const BOOLEAN: Schema = { type: "boolean" };
const INTEGER: Schema = { type: "integer" };
const LONG: Schema = { type: "integer", bits: 64 };
const VERBOSITY: Schema = { type: "integer", bits: 64, min: 0, max: 2 ** 32 - 1 };
const NUMBER: Schema = { type: "number" };
const DURATION: Schema = { type: "text", check: durationText };
const ANYTHING: Schema = { type: "anything" };

/** Fields of one type; their names are separated by spaces. */
function each(type: Schema, names: string): Record<string, Schema> {
  return Object.fromEntries(names.trim().split(/\s+/).map((name) => [name, type]));
}

function fields(fields: Record<string, Schema>): Schema {
  return { type: "fields", fields };
}

function listOf(of: Schema): Schema {
  return { type: "list", of };
}

function mapOf(of: Schema): Schema {
  return { type: "map", of };
}

// From here on written by `deno task tables` from the types of Kubernetes 1.37.2

const KUBELET_X509_AUTHENTICATION = fields({ clientCAFile: TEXT });

const KUBELET_WEBHOOK_AUTHENTICATION = fields({ enabled: BOOLEAN, cacheTTL: DURATION });

const KUBELET_ANONYMOUS_AUTHENTICATION = fields({ enabled: BOOLEAN });

const KUBELET_AUTHENTICATION = fields({
  x509: KUBELET_X509_AUTHENTICATION,
  webhook: KUBELET_WEBHOOK_AUTHENTICATION,
  anonymous: KUBELET_ANONYMOUS_AUTHENTICATION,
});

const KUBELET_WEBHOOK_AUTHORIZATION = fields({ ...each(DURATION, "cacheAuthorizedTTL cacheUnauthorizedTTL") });

const KUBELET_AUTHORIZATION = fields({ mode: TEXT, webhook: KUBELET_WEBHOOK_AUTHORIZATION });

const MEMORY_SWAP_CONFIGURATION = fields({ swapBehavior: TEXT });

const V_MODULE_ITEM = fields({ filePattern: TEXT, verbosity: VERBOSITY });

const TEXT_OPTIONS = fields({ splitStream: BOOLEAN, infoBufferSize: ANYTHING });

const JSON_OPTIONS = fields({ splitStream: BOOLEAN, infoBufferSize: ANYTHING });

const FORMAT_OPTIONS = fields({ text: TEXT_OPTIONS, json: JSON_OPTIONS });

const LOGGING_CONFIGURATION = fields({
  format: TEXT,
  flushFrequency: ANYTHING,
  verbosity: VERBOSITY,
  vmodule: listOf(V_MODULE_ITEM),
  options: FORMAT_OPTIONS,
});

const SHUTDOWN_GRACE_PERIOD_BY_POD_PRIORITY = fields({ priority: INTEGER, shutdownGracePeriodSeconds: LONG });

const CRASH_LOOP_BACK_OFF_CONFIG = fields({ maxContainerRestartPeriod: DURATION });

const MEMORY_RESERVATION = fields({ numaNode: INTEGER, limits: mapOf(ANYTHING) });

const TAINT = fields({ ...each(TEXT, "key value effect timeAdded") });

const TRACING_CONFIGURATION = fields({ endpoint: TEXT, samplingRatePerMillion: INTEGER });

const USER_NAMESPACES = fields({ idsPerPod: LONG });

/** Of a KubeletConfiguration. */
export const KUBELET_CONFIGURATION = fields({
  ...each(
    TEXT,
    `kind apiVersion staticPodPath podLogsDir staticPodURL address tlsCertFile tlsPrivateKeyFile
    tlsMinVersion imagePullCredentialsVerificationPolicy healthzBindAddress clusterDomain kubeletCgroups
    systemCgroups cgroupRoot cgroupDriver cpuManagerPolicy memoryManagerPolicy topologyManagerPolicy
    topologyManagerScope hairpinMode podCIDR resolvConf contentType containerLogMaxSize
    configMapAndSecretChangeDetectionStrategy reservedSystemCPUs showHiddenMetricsForVersion systemReservedCgroup
    kubeReservedCgroup volumePluginDir providerID memoryReservationPolicy containerRuntimeEndpoint
    imageServiceEndpoint`,
  ),
  ...each(
    BOOLEAN,
    `enableServer rotateCertificates serverTLSBootstrap enableDebuggingHandlers
    enableContentionProfiling cgroupsPerQOS singleProcessOOMKill runOnce cpuCFSQuota serializeImagePulls
    mergeDefaultEvictionSettings enableControllerAttachDetach protectKernelDefaults makeIPTablesUtilChains
    failSwapOn kernelMemcgNotification enableSystemLogHandler enableSystemLogQuery enableProfilingHandler
    enableDebugFlagsHandler seccompDefault registerNode localStorageCapacityIsolation failCgroupV1`,
  ),
  ...each(
    DURATION,
    `syncFrequency fileCheckFrequency httpCheckFrequency streamingConnectionIdleTimeout
    nodeStatusUpdateFrequency nodeStatusReportFrequency imageMinimumGCAge imageMaximumGCAge volumeStatsAggPeriod
    cpuManagerReconcilePeriod runtimeRequestTimeout cpuCFSQuotaPeriod evictionPressureTransitionPeriod
    containerLogMonitorInterval shutdownGracePeriod shutdownGracePeriodCriticalPods`,
  ),
  staticPodURLHeader: mapOf(listOf(TEXT)),
  ...each(
    INTEGER,
    `port readOnlyPort registryPullQPS registryBurst eventRecordQPS eventBurst healthzPort
    oomScoreAdj nodeLeaseDurationSeconds imageGCHighThresholdPercent imageGCLowThresholdPercent maxPods
    nodeStatusMaxImages kubeAPIQPS kubeAPIBurst maxParallelImagePulls evictionMaxPodGracePeriod podsPerCore
    iptablesMasqueradeBit iptablesDropBit containerLogMaxFiles containerLogMaxWorkers`,
  ),
  ...each(
    listOf(TEXT),
    `tlsCipherSuites preloadedImagesVerificationAllowlist clusterDNS enforceNodeAllocatable
    allowedUnsafeSysctls`,
  ),
  tlsCurvePreferences: listOf(INTEGER),
  authentication: KUBELET_AUTHENTICATION,
  authorization: KUBELET_AUTHORIZATION,
  ...each(
    mapOf(TEXT),
    `cpuManagerPolicyOptions topologyManagerPolicyOptions qosReserved evictionHard evictionSoft
    evictionSoftGracePeriod evictionMinimumReclaim systemReserved kubeReserved defaultPodSysctls`,
  ),
  ...each(LONG, "podPidsLimit maxOpenFiles"),
  featureGates: mapOf(BOOLEAN),
  memorySwap: MEMORY_SWAP_CONFIGURATION,
  logging: LOGGING_CONFIGURATION,
  shutdownGracePeriodByPodPriority: listOf(SHUTDOWN_GRACE_PERIOD_BY_POD_PRIORITY),
  crashLoopBackOff: CRASH_LOOP_BACK_OFF_CONFIG,
  reservedMemory: listOf(MEMORY_RESERVATION),
  memoryThrottlingFactor: NUMBER,
  registerWithTaints: listOf(TAINT),
  tracing: TRACING_CONFIGURATION,
  userNamespaces: USER_NAMESPACES,
});

const CLIENT_CONNECTION_CONFIGURATION = fields({
  ...each(TEXT, "kubeconfig acceptContentTypes contentType"),
  qps: NUMBER,
  burst: INTEGER,
});

const KUBE_PROXY_IP_TABLES_CONFIGURATION = fields({
  masqueradeBit: INTEGER,
  ...each(BOOLEAN, "masqueradeAll localhostNodePorts"),
  ...each(DURATION, "syncPeriod minSyncPeriod"),
});

const KUBE_PROXY_IPVS_CONFIGURATION = fields({
  ...each(DURATION, "syncPeriod minSyncPeriod tcpTimeout tcpFinTimeout udpTimeout"),
  scheduler: TEXT,
  excludeCIDRs: listOf(TEXT),
  strictARP: BOOLEAN,
});

const KUBE_PROXY_NF_TABLES_CONFIGURATION = fields({
  masqueradeBit: INTEGER,
  masqueradeAll: BOOLEAN,
  ...each(DURATION, "syncPeriod minSyncPeriod"),
});

const KUBE_PROXY_WINKERNEL_CONFIGURATION = fields({
  ...each(TEXT, "networkName sourceVip rootHnsEndpointName"),
  ...each(BOOLEAN, "enableDSR forwardHealthCheckVip"),
});

const DETECT_LOCAL_CONFIGURATION = fields({ ...each(TEXT, "bridgeInterface interfaceNamePrefix") });

const KUBE_PROXY_CONNTRACK_CONFIGURATION = fields({
  ...each(INTEGER, "maxPerCore min"),
  ...each(DURATION, "tcpEstablishedTimeout tcpCloseWaitTimeout udpTimeout udpStreamTimeout"),
  tcpBeLiberal: BOOLEAN,
});

/** Of a KubeProxyConfiguration. */
export const KUBE_PROXY_CONFIGURATION = fields({
  ...each(
    TEXT,
    `kind apiVersion hostnameOverride bindAddress healthzBindAddress metricsBindAddress
    showHiddenMetricsForVersion mode detectLocalMode clusterCIDR portRange`,
  ),
  featureGates: mapOf(BOOLEAN),
  clientConnection: CLIENT_CONNECTION_CONFIGURATION,
  logging: LOGGING_CONFIGURATION,
  ...each(BOOLEAN, "bindAddressHardFail enableProfiling windowsRunAsService"),
  iptables: KUBE_PROXY_IP_TABLES_CONFIGURATION,
  ipvs: KUBE_PROXY_IPVS_CONFIGURATION,
  nftables: KUBE_PROXY_NF_TABLES_CONFIGURATION,
  winkernel: KUBE_PROXY_WINKERNEL_CONFIGURATION,
  detectLocal: DETECT_LOCAL_CONFIGURATION,
  nodePortAddresses: listOf(TEXT),
  oomScoreAdj: INTEGER,
  conntrack: KUBE_PROXY_CONNTRACK_CONFIGURATION,
  configSyncPeriod: DURATION,
});
