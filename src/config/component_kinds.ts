/**
 * The fields of KubeletConfiguration and KubeProxyConfiguration, grouped by type. The documents are passed on as they are;
 * this finds misspelt fields, which the programs themselves would find only after the host has been changed, or never.
 *
 * Sources: k8s.io/kubelet/config/v1beta1, k8s.io/kube-proxy/config/v1alpha1, k8s.io/component-base (1.37.2).
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

/** Fields of one type, by their names with spaces between. */
function each(type: Schema, names: string): Record<string, Schema> {
  return Object.fromEntries(names.trim().split(/\s+/).map((name) => [name, type]));
}

function fields(...groups: Record<string, Schema>[]): Schema {
  return { type: "fields", fields: Object.assign({}, ...groups) };
}

function listOf(of: Schema): Schema {
  return { type: "list", of };
}

function mapOf(of: Schema): Schema {
  return { type: "map", of };
}

const LOGGING = fields({
  format: TEXT,
  flushFrequency: ANYTHING,
  verbosity: VERBOSITY,
  vmodule: listOf(fields({ filePattern: TEXT, verbosity: VERBOSITY })),
  options: fields(each(fields({ splitStream: BOOLEAN, infoBufferSize: ANYTHING }), "text json")),
});

const KUBELET_AUTHENTICATION = fields({
  x509: fields({ clientCAFile: TEXT }),
  webhook: fields({ enabled: BOOLEAN, cacheTTL: DURATION }),
  anonymous: fields({ enabled: BOOLEAN }),
});

const KUBELET_AUTHORIZATION = fields({
  mode: TEXT,
  webhook: fields(each(DURATION, "cacheAuthorizedTTL cacheUnauthorizedTTL")),
});

/** `kubelet.config.k8s.io/v1beta1` */
export const KUBELET_CONFIGURATION = fields(
  each(
    TEXT,
    `apiVersion kind staticPodPath podLogsDir staticPodURL address tlsCertFile tlsPrivateKeyFile tlsMinVersion
    healthzBindAddress clusterDomain kubeletCgroups systemCgroups cgroupRoot cgroupDriver cpuManagerPolicy
    memoryManagerPolicy topologyManagerPolicy topologyManagerScope hairpinMode podCIDR resolvConf contentType
    containerLogMaxSize reservedSystemCPUs showHiddenMetricsForVersion systemReservedCgroup kubeReservedCgroup
    volumePluginDir providerID containerRuntimeEndpoint imageServiceEndpoint imagePullCredentialsVerificationPolicy
    configMapAndSecretChangeDetectionStrategy memoryReservationPolicy`,
  ),
  each(
    BOOLEAN,
    `enableServer rotateCertificates serverTLSBootstrap enableDebuggingHandlers enableContentionProfiling cgroupsPerQOS
    singleProcessOOMKill runOnce cpuCFSQuota serializeImagePulls mergeDefaultEvictionSettings
    enableControllerAttachDetach protectKernelDefaults makeIPTablesUtilChains failSwapOn kernelMemcgNotification
    enableSystemLogHandler enableSystemLogQuery enableProfilingHandler enableDebugFlagsHandler seccompDefault
    registerNode localStorageCapacityIsolation failCgroupV1`,
  ),
  each(
    DURATION,
    `syncFrequency fileCheckFrequency httpCheckFrequency streamingConnectionIdleTimeout nodeStatusUpdateFrequency
    nodeStatusReportFrequency imageMinimumGCAge imageMaximumGCAge volumeStatsAggPeriod cpuManagerReconcilePeriod
    runtimeRequestTimeout cpuCFSQuotaPeriod evictionPressureTransitionPeriod containerLogMonitorInterval
    shutdownGracePeriod shutdownGracePeriodCriticalPods`,
  ),
  each(
    INTEGER,
    `port readOnlyPort registryPullQPS registryBurst eventRecordQPS eventBurst healthzPort oomScoreAdj
    nodeLeaseDurationSeconds imageGCHighThresholdPercent imageGCLowThresholdPercent maxPods nodeStatusMaxImages
    kubeAPIQPS kubeAPIBurst maxParallelImagePulls evictionMaxPodGracePeriod podsPerCore iptablesMasqueradeBit
    iptablesDropBit containerLogMaxFiles containerLogMaxWorkers`,
  ),
  each(LONG, "podPidsLimit maxOpenFiles"),
  each(
    listOf(TEXT),
    "tlsCipherSuites preloadedImagesVerificationAllowlist clusterDNS enforceNodeAllocatable allowedUnsafeSysctls",
  ),
  each(
    mapOf(TEXT),
    `cpuManagerPolicyOptions topologyManagerPolicyOptions qosReserved evictionHard evictionSoft evictionSoftGracePeriod
    evictionMinimumReclaim systemReserved kubeReserved defaultPodSysctls`,
  ),
  {
    authentication: KUBELET_AUTHENTICATION,
    authorization: KUBELET_AUTHORIZATION,
    crashLoopBackOff: fields({ maxContainerRestartPeriod: DURATION }),
    featureGates: mapOf(BOOLEAN),
    logging: LOGGING,
    memorySwap: fields({ swapBehavior: TEXT }),
    memoryThrottlingFactor: NUMBER,
    registerWithTaints: listOf(fields(each(TEXT, "key value effect timeAdded"))),
    reservedMemory: listOf(fields({ numaNode: INTEGER, limits: mapOf(ANYTHING) })),
    shutdownGracePeriodByPodPriority: listOf(fields({ priority: INTEGER, shutdownGracePeriodSeconds: LONG })),
    staticPodURLHeader: mapOf(listOf(TEXT)),
    tlsCurvePreferences: listOf(INTEGER),
    tracing: fields({ endpoint: TEXT, samplingRatePerMillion: INTEGER }),
    userNamespaces: fields({ idsPerPod: LONG }),
  },
);

/** `kubeproxy.config.k8s.io/v1alpha1` */
export const KUBE_PROXY_CONFIGURATION = fields(
  each(
    TEXT,
    `apiVersion kind hostnameOverride bindAddress healthzBindAddress metricsBindAddress showHiddenMetricsForVersion
    clusterCIDR portRange mode detectLocalMode`,
  ),
  each(BOOLEAN, "bindAddressHardFail enableProfiling windowsRunAsService"),
  {
    clientConnection: fields({
      ...each(TEXT, "kubeconfig acceptContentTypes contentType"),
      qps: NUMBER,
      burst: INTEGER,
    }),
    configSyncPeriod: DURATION,
    conntrack: fields({
      ...each(INTEGER, "maxPerCore min"),
      ...each(DURATION, "tcpEstablishedTimeout tcpCloseWaitTimeout udpTimeout udpStreamTimeout"),
      tcpBeLiberal: BOOLEAN,
    }),
    detectLocal: fields(each(TEXT, "bridgeInterface interfaceNamePrefix")),
    featureGates: mapOf(BOOLEAN),
    iptables: fields({
      ...each(BOOLEAN, "masqueradeAll localhostNodePorts"),
      ...each(DURATION, "syncPeriod minSyncPeriod"),
      masqueradeBit: INTEGER,
    }),
    ipvs: fields({
      ...each(DURATION, "syncPeriod minSyncPeriod tcpTimeout tcpFinTimeout udpTimeout"),
      scheduler: TEXT,
      excludeCIDRs: listOf(TEXT),
      strictARP: BOOLEAN,
    }),
    logging: LOGGING,
    nftables: fields({ ...each(DURATION, "syncPeriod minSyncPeriod"), masqueradeAll: BOOLEAN, masqueradeBit: INTEGER }),
    nodePortAddresses: listOf(TEXT),
    oomScoreAdj: INTEGER,
    winkernel: fields({
      ...each(TEXT, "networkName sourceVip rootHnsEndpointName"),
      ...each(BOOLEAN, "enableDSR forwardHealthCheckVip"),
    }),
  },
);
