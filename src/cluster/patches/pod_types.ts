/**
 * The fields of patched objects, as data: every struct reachable from a Pod, a Deployment and a DaemonSet (without `status`). The fields of Kubernetes 1.37 include those of 1.35 and 1.36.
 *
 * `field:type`; types are `text`, `bool`, `int`, `number`, `quantity`, `port` (a number or a name), `any`, `[list]`,
 * `{map}` and other structs. A suffix `+key` stands for the Go tags patchStrategy "merge" with that patchMergeKey (`+` alone:
 * a list of plain values), and `~` for "retainKeys".
 * @see https://github.com/kubernetes/api/blob/v0.37.2/core/v1/types.go
 * @see https://github.com/kubernetes/api/blob/v0.37.2/apps/v1/types.go
 * @module
 */
// From here on written by `deno task tables` from the types of Kubernetes 1.37.2

export const POD_TYPES: Readonly<Record<string, string>> = {
  AWSElasticBlockStoreVolumeSource: "volumeID:text fsType:text partition:int readOnly:bool",
  Affinity: "nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAntiAffinity",
  AppArmorProfile: "type:text localhostProfile:text",
  AzureDiskVolumeSource: "diskName:text diskURI:text cachingMode:text fsType:text readOnly:bool kind:text",
  AzureFileVolumeSource: "secretName:text shareName:text readOnly:bool",
  CSIVolumeSource: `driver:text readOnly:bool fsType:text volumeAttributes:{text}
    nodePublishSecretRef:LocalObjectReference`,
  Capabilities: "add:[text] drop:[text]",
  CephFSVolumeSource: `monitors:[text] path:text user:text secretFile:text secretRef:LocalObjectReference
    readOnly:bool`,
  CinderVolumeSource: "volumeID:text fsType:text readOnly:bool secretRef:LocalObjectReference",
  ClusterTrustBundleProjection: `name:text signerName:text labelSelector:LabelSelector optional:bool path:text
    user:int`,
  ConfigMapEnvSource: "name:text optional:bool",
  ConfigMapKeySelector: "name:text key:text optional:bool",
  ConfigMapProjection: "name:text items:[KeyToPath] optional:bool",
  ConfigMapVolumeSource: "name:text items:[KeyToPath] defaultMode:int optional:bool defaultUser:int",
  Container: `name:text image:text command:[text] args:[text] workingDir:text ports:[ContainerPort]+containerPort
    envFrom:[EnvFromSource] env:[EnvVar]+name resources:ResourceRequirements resizePolicy:[ContainerResizePolicy]
    restartPolicy:text restartPolicyRules:[ContainerRestartRule] volumeMounts:[VolumeMount]+mountPath
    volumeDevices:[VolumeDevice]+devicePath livenessProbe:Probe readinessProbe:Probe startupProbe:Probe
    lifecycle:Lifecycle terminationMessagePath:text terminationMessagePolicy:text imagePullPolicy:text
    securityContext:SecurityContext stdin:bool stdinOnce:bool tty:bool`,
  ContainerPort: "name:text hostPort:int containerPort:int protocol:text hostIP:text",
  ContainerResizePolicy: "resourceName:text restartPolicy:text",
  ContainerRestartRule: "action:text exitCodes:ContainerRestartRuleOnExitCodes",
  ContainerRestartRuleOnExitCodes: "operator:text values:[int]",
  DaemonSet: "kind:text apiVersion:text metadata:ObjectMeta spec:DaemonSetSpec",
  DaemonSetSpec: `selector:LabelSelector template:PodTemplateSpec updateStrategy:DaemonSetUpdateStrategy
    minReadySeconds:int revisionHistoryLimit:int`,
  DaemonSetUpdateStrategy: "type:text rollingUpdate:RollingUpdateDaemonSet",
  Deployment: "kind:text apiVersion:text metadata:ObjectMeta spec:DeploymentSpec",
  DeploymentSpec: `replicas:int selector:LabelSelector template:PodTemplateSpec strategy:DeploymentStrategy~
    minReadySeconds:int revisionHistoryLimit:int paused:bool progressDeadlineSeconds:int`,
  DeploymentStrategy: "type:text rollingUpdate:RollingUpdateDeployment",
  DownwardAPIProjection: "items:[DownwardAPIVolumeFile]",
  DownwardAPIVolumeFile: `path:text fieldRef:ObjectFieldSelector resourceFieldRef:ResourceFieldSelector mode:int
    user:int`,
  DownwardAPIVolumeSource: "items:[DownwardAPIVolumeFile] defaultMode:int defaultUser:int",
  EmptyDirVolumeSource: "medium:text sizeLimit:quantity mode:int",
  EnvFromSource: "prefix:text configMapRef:ConfigMapEnvSource secretRef:SecretEnvSource",
  EnvVar: "name:text value:text valueFrom:EnvVarSource",
  EnvVarSource: `fieldRef:ObjectFieldSelector resourceFieldRef:ResourceFieldSelector
    configMapKeyRef:ConfigMapKeySelector secretKeyRef:SecretKeySelector fileKeyRef:FileKeySelector`,
  EphemeralContainer: `name:text image:text command:[text] args:[text] workingDir:text
    ports:[ContainerPort]+containerPort envFrom:[EnvFromSource] env:[EnvVar]+name resources:ResourceRequirements
    resizePolicy:[ContainerResizePolicy] restartPolicy:text restartPolicyRules:[ContainerRestartRule]
    volumeMounts:[VolumeMount]+mountPath volumeDevices:[VolumeDevice]+devicePath livenessProbe:Probe
    readinessProbe:Probe startupProbe:Probe lifecycle:Lifecycle terminationMessagePath:text
    terminationMessagePolicy:text imagePullPolicy:text securityContext:SecurityContext stdin:bool stdinOnce:bool
    tty:bool targetContainerName:text`,
  EphemeralVolumeSource: "volumeClaimTemplate:PersistentVolumeClaimTemplate",
  EvictionResponder: "name:text priority:int",
  ExecAction: "command:[text]",
  FCVolumeSource: "targetWWNs:[text] lun:int fsType:text readOnly:bool wwids:[text]",
  FileKeySelector: "volumeName:text path:text key:text optional:bool",
  FlexVolumeSource: "driver:text fsType:text secretRef:LocalObjectReference readOnly:bool options:{text}",
  FlockerVolumeSource: "datasetName:text datasetUUID:text",
  GCEPersistentDiskVolumeSource: "pdName:text fsType:text partition:int readOnly:bool",
  GRPCAction: "port:int service:text mode:text",
  GitRepoVolumeSource: "repository:text revision:text directory:text",
  GlusterfsVolumeSource: "endpoints:text path:text readOnly:bool",
  HTTPGetAction: "path:text port:port host:text scheme:text httpHeaders:[HTTPHeader] protocol:text",
  HTTPHeader: "name:text value:text",
  HostAlias: "ip:text hostnames:[text]",
  HostPathVolumeSource: "path:text type:text",
  ISCSIVolumeSource: `targetPortal:text iqn:text lun:int iscsiInterface:text fsType:text readOnly:bool
    portals:[text] chapAuthDiscovery:bool chapAuthSession:bool secretRef:LocalObjectReference initiatorName:text`,
  ImageVolumeSource: "reference:text pullPolicy:text",
  KeyToPath: "key:text path:text mode:int user:int",
  LabelSelector: "matchLabels:{text} matchExpressions:[LabelSelectorRequirement]",
  LabelSelectorRequirement: "key:text operator:text values:[text]",
  Lifecycle: "postStart:LifecycleHandler preStop:LifecycleHandler stopSignal:text",
  LifecycleHandler: "exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction sleep:SleepAction",
  LocalObjectReference: "name:text",
  ManagedFieldsEntry: `manager:text operation:text apiVersion:text time:text fieldsType:text fieldsV1:any
    subresource:text`,
  NFSVolumeSource: "server:text path:text readOnly:bool",
  NodeAffinity: `requiredDuringSchedulingIgnoredDuringExecution:NodeSelector
    preferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm]`,
  NodeSelector: "nodeSelectorTerms:[NodeSelectorTerm]",
  NodeSelectorRequirement: "key:text operator:text values:[text]",
  NodeSelectorTerm: "matchExpressions:[NodeSelectorRequirement] matchFields:[NodeSelectorRequirement]",
  ObjectFieldSelector: "apiVersion:text fieldPath:text",
  ObjectMeta: `name:text generateName:text namespace:text selfLink:text uid:text resourceVersion:text
    generation:int creationTimestamp:text deletionTimestamp:text deletionGracePeriodSeconds:int labels:{text}
    annotations:{text} ownerReferences:[OwnerReference]+uid finalizers:[text]+ managedFields:[ManagedFieldsEntry]`,
  OwnerReference: "apiVersion:text kind:text name:text uid:text controller:bool blockOwnerDeletion:bool",
  PersistentVolumeClaimSpec: `accessModes:[text] selector:LabelSelector resources:VolumeResourceRequirements
    volumeName:text storageClassName:text volumeMode:text dataSource:TypedLocalObjectReference
    dataSourceRef:TypedObjectReference volumeAttributesClassName:text`,
  PersistentVolumeClaimTemplate: "metadata:ObjectMeta spec:PersistentVolumeClaimSpec",
  PersistentVolumeClaimVolumeSource: "claimName:text readOnly:bool",
  PhotonPersistentDiskVolumeSource: "pdID:text fsType:text",
  Pod: "kind:text apiVersion:text metadata:ObjectMeta spec:PodSpec",
  PodAffinity: `requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]
    preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm]`,
  PodAffinityTerm: `labelSelector:LabelSelector namespaces:[text] topologyKey:text namespaceSelector:LabelSelector
    matchLabelKeys:[text] mismatchLabelKeys:[text]`,
  PodAntiAffinity: `requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]
    preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm]`,
  PodCertificateProjection: `signerName:text keyType:text maxExpirationSeconds:int credentialBundlePath:text
    keyPath:text certificateChainPath:text userAnnotations:{text} user:int`,
  PodDNSConfig: "nameservers:[text] searches:[text] options:[PodDNSConfigOption]",
  PodDNSConfigOption: "name:text value:text",
  PodOS: "name:text",
  PodReadinessGate: "conditionType:text",
  PodResourceClaim: "name:text resourceClaimName:text resourceClaimTemplateName:text",
  PodSchedulingGate: "name:text",
  PodSchedulingGroup: "podGroupName:text",
  PodSecurityContext: `seLinuxOptions:SELinuxOptions windowsOptions:WindowsSecurityContextOptions runAsUser:int
    runAsGroup:int runAsNonRoot:bool supplementalGroups:[int] supplementalGroupsPolicy:text fsGroup:int
    sysctls:[Sysctl] fsGroupChangePolicy:text seccompProfile:SeccompProfile appArmorProfile:AppArmorProfile
    seLinuxChangePolicy:text`,
  PodSpec: `volumes:[Volume]+name~ initContainers:[Container]+name containers:[Container]+name
    ephemeralContainers:[EphemeralContainer]+name restartPolicy:text terminationGracePeriodSeconds:int
    activeDeadlineSeconds:int dnsPolicy:text nodeSelector:{text} serviceAccountName:text serviceAccount:text
    automountServiceAccountToken:bool nodeName:text hostNetwork:bool hostPID:bool hostIPC:bool
    shareProcessNamespace:bool securityContext:PodSecurityContext imagePullSecrets:[LocalObjectReference]+name
    hostname:text subdomain:text affinity:Affinity schedulerName:text tolerations:[Toleration]
    hostAliases:[HostAlias]+ip priorityClassName:text priority:int dnsConfig:PodDNSConfig
    readinessGates:[PodReadinessGate] runtimeClassName:text enableServiceLinks:bool preemptionPolicy:text
    overhead:{quantity} topologySpreadConstraints:[TopologySpreadConstraint]+topologyKey setHostnameAsFQDN:bool
    os:PodOS hostUsers:bool schedulingGates:[PodSchedulingGate]+name resourceClaims:[PodResourceClaim]+name~
    resources:ResourceRequirements hostnameOverride:text schedulingGroup:PodSchedulingGroup
    evictionResponders:[EvictionResponder]+name`,
  PodTemplateSpec: "metadata:ObjectMeta spec:PodSpec",
  PortworxVolumeSource: "volumeID:text fsType:text readOnly:bool",
  PreferredSchedulingTerm: "weight:int preference:NodeSelectorTerm",
  Probe: `exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction grpc:GRPCAction initialDelaySeconds:int
    timeoutSeconds:int periodSeconds:int successThreshold:int failureThreshold:int terminationGracePeriodSeconds:int`,
  ProjectedVolumeSource: "sources:[VolumeProjection] defaultMode:int defaultUser:int",
  QuobyteVolumeSource: "registry:text volume:text readOnly:bool user:text group:text tenant:text",
  RBDVolumeSource: `monitors:[text] image:text fsType:text pool:text user:text keyring:text
    secretRef:LocalObjectReference readOnly:bool`,
  ResourceClaim: "name:text request:text",
  ResourceFieldSelector: "containerName:text resource:text divisor:quantity",
  ResourceRequirements: "limits:{quantity} requests:{quantity} claims:[ResourceClaim]",
  RollingUpdateDaemonSet: "maxUnavailable:port maxSurge:port",
  RollingUpdateDeployment: "maxUnavailable:port maxSurge:port",
  SELinuxOptions: "user:text role:text type:text level:text",
  ScaleIOVolumeSource: `gateway:text system:text secretRef:LocalObjectReference sslEnabled:bool
    protectionDomain:text storagePool:text storageMode:text volumeName:text fsType:text readOnly:bool`,
  SeccompProfile: "type:text localhostProfile:text",
  SecretEnvSource: "name:text optional:bool",
  SecretKeySelector: "name:text key:text optional:bool",
  SecretProjection: "name:text items:[KeyToPath] optional:bool",
  SecretVolumeSource: "secretName:text items:[KeyToPath] defaultMode:int optional:bool defaultUser:int",
  SecurityContext: `capabilities:Capabilities privileged:bool seLinuxOptions:SELinuxOptions
    windowsOptions:WindowsSecurityContextOptions runAsUser:int runAsGroup:int runAsNonRoot:bool
    readOnlyRootFilesystem:bool allowPrivilegeEscalation:bool procMount:text seccompProfile:SeccompProfile
    appArmorProfile:AppArmorProfile`,
  ServiceAccountTokenProjection: "audience:text expirationSeconds:int path:text user:int",
  SleepAction: "seconds:int",
  StorageOSVolumeSource: `volumeName:text volumeNamespace:text fsType:text readOnly:bool
    secretRef:LocalObjectReference`,
  Sysctl: "name:text value:text",
  TCPSocketAction: "port:port host:text",
  Toleration: "key:text operator:text value:text effect:text tolerationSeconds:int",
  TopologySpreadConstraint: `maxSkew:int topologyKey:text whenUnsatisfiable:text labelSelector:LabelSelector
    minDomains:int nodeAffinityPolicy:text nodeTaintsPolicy:text matchLabelKeys:[text]`,
  TypedLocalObjectReference: "apiGroup:text kind:text name:text",
  TypedObjectReference: "apiGroup:text kind:text name:text namespace:text",
  Volume: `name:text hostPath:HostPathVolumeSource emptyDir:EmptyDirVolumeSource
    gcePersistentDisk:GCEPersistentDiskVolumeSource awsElasticBlockStore:AWSElasticBlockStoreVolumeSource
    gitRepo:GitRepoVolumeSource secret:SecretVolumeSource nfs:NFSVolumeSource iscsi:ISCSIVolumeSource
    glusterfs:GlusterfsVolumeSource persistentVolumeClaim:PersistentVolumeClaimVolumeSource rbd:RBDVolumeSource
    flexVolume:FlexVolumeSource cinder:CinderVolumeSource cephfs:CephFSVolumeSource flocker:FlockerVolumeSource
    downwardAPI:DownwardAPIVolumeSource fc:FCVolumeSource azureFile:AzureFileVolumeSource
    configMap:ConfigMapVolumeSource vsphereVolume:VsphereVirtualDiskVolumeSource quobyte:QuobyteVolumeSource
    azureDisk:AzureDiskVolumeSource photonPersistentDisk:PhotonPersistentDiskVolumeSource
    projected:ProjectedVolumeSource portworxVolume:PortworxVolumeSource scaleIO:ScaleIOVolumeSource
    storageos:StorageOSVolumeSource csi:CSIVolumeSource ephemeral:EphemeralVolumeSource image:ImageVolumeSource`,
  VolumeDevice: "name:text devicePath:text",
  VolumeMount: `name:text readOnly:bool recursiveReadOnly:text mountPath:text subPath:text mountPropagation:text
    subPathExpr:text bindMountOptions:[text]`,
  VolumeProjection: `secret:SecretProjection downwardAPI:DownwardAPIProjection configMap:ConfigMapProjection
    serviceAccountToken:ServiceAccountTokenProjection clusterTrustBundle:ClusterTrustBundleProjection
    podCertificate:PodCertificateProjection`,
  VolumeResourceRequirements: "limits:{quantity} requests:{quantity}",
  VsphereVirtualDiskVolumeSource: "volumePath:text fsType:text storagePolicyName:text storagePolicyID:text",
  WeightedPodAffinityTerm: "weight:int podAffinityTerm:PodAffinityTerm",
  WindowsSecurityContextOptions: `gmsaCredentialSpecName:text gmsaCredentialSpec:text runAsUserName:text
    hostProcess:bool`,
};
