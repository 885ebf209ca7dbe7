/**
 * Every field of every kind of `kubeadm.k8s.io/v1beta4`: type, what its value has to look like, and one line about it.
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/apis/kubeadm/v1beta4/types.go
 * @module
 */
import * as format from "./validators.ts";
import type { Check } from "./validators.ts";
import type { Schema } from "./schema.ts";

type Fields = Readonly<Record<string, Schema>>;

function text(doc: string, check?: Check): Schema {
  return check ? { type: "text", doc, check } : { type: "text", doc };
}

function oneOf(doc: string, ...values: string[]): Schema {
  return { type: "text", doc, values };
}

function secret(doc: string, check: Check): Schema {
  return { type: "text", doc, check, secret: true };
}

function flag(doc: string): Schema {
  return { type: "boolean", doc };
}

function networks(doc: string): Schema {
  return { type: "networks", doc };
}

/** @param anyName whether its host may have any name that DNS can have, because it does not come into certificates. */
function endpoint(doc: string, anyName?: "any name"): Schema {
  return { type: "endpoint", doc, ...anyName && { anyName: true } };
}

function list(doc: string, of: Schema, unique?: string): Schema {
  return unique === undefined ? { type: "list", doc, of } : { type: "list", doc, of, unique };
}

function fields(doc: string, members: Fields, ...required: string[]): Schema {
  return { type: "fields", doc, fields: members, required };
}

/** A document: its fields and the two that name its kind. */
function document(doc: string, members: Fields): Schema {
  return fields(doc, { apiVersion: text("API group and version"), kind: text("kind of the document"), ...members });
}

const ARGS = list(
  "command line arguments; one of the same name as a default replaces it, several of one name are all passed",
  fields("an argument", { name: text("name without --", format.argumentName), value: text("value") }, "name"),
);

const KEY_OF_OBJECT: Fields = {
  name: text("name of the object"),
  key: text("the key"),
  optional: flag("whether it may be missing"),
};

const ENVS = list(
  "environment variables",
  fields("a variable", {
    name: text("name", format.environmentName),
    value: text("value"),
    valueFrom: fields("where the value comes from (core/v1 EnvVarSource)", {
      fieldRef: fields("a field of the pod", { apiVersion: text("of the pod"), fieldPath: text("path of the field") }),
      resourceFieldRef: fields("a resource of a container", {
        containerName: text("the container"),
        resource: text("the resource"),
        divisor: { type: "anything", doc: "unit of the value" },
      }),
      configMapKeyRef: fields("a key of a ConfigMap", KEY_OF_OBJECT),
      secretKeyRef: fields("a key of a Secret", KEY_OF_OBJECT),
      fileKeyRef: fields("a key of a file in a volume", {
        volumeName: text("the volume"),
        path: text("path in the volume"),
        key: text("the key"),
        optional: flag("whether it may be missing"),
      }),
    }),
  }, "name"),
);

const COMPONENT: Fields = {
  extraArgs: ARGS,
  extraVolumes: list(
    "folders and files of the host, mounted into the pod",
    fields(
      "a mount",
      {
        name: text("name of the volume", format.dnsLabel),
        hostPath: text("path on the host", format.absolutePath),
        mountPath: text("path in the container", format.absolutePath),
        readOnly: flag("whether the container may not write"),
        pathType: oneOf(
          "what has to be at the path, or is made there",
          ...["", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"],
        ),
      },
      "name",
      "hostPath",
      "mountPath",
    ),
    "name",
  ),
  extraEnvs: ENVS,
};

const IMAGE: Fields = {
  imageRepository: text("where the image comes from, instead of the cluster's repository", format.imageRepository),
  imageTag: text("tag of the image", format.imageTag),
};

const CERTIFICATE_NAMES = list(
  "further names and addresses in the certificate",
  text("a name", format.certificateName),
);

const API_ENDPOINT: Fields = {
  advertiseAddress: text("address that others reach this host's API server at", format.reachableAddress),
  bindPort: { type: "integer", min: 1, max: 65535, doc: "port of this host's API server" },
};

const CERTIFICATE_KEY = secret("key that encrypts certificates shared in the cluster", format.certificateKey);
const TOKEN = secret("bootstrap token", format.bootstrapToken);
const DRY_RUN = flag("whether to change nothing and tell what would be changed");
const SKIP_PHASES = list("phases to leave out", text("path of a phase"));
const IGNORED_CHECKS = list("preflight checks whose failure is only told; all is every one", text("name of a check"));
const PATCHES = fields("changes to generated files", { directory: text("folder with the patches") });
const PULL_POLICY = oneOf("when images are pulled", "Always", "IfNotPresent", "Never");
const PULL_SERIAL = flag("whether images are pulled one after another");
const CRI_SOCKET = text("socket of the container runtime", format.criSocket);

function time(doc: string): Schema {
  return { type: "duration", positive: true, doc };
}

const TIMEOUTS = fields("time limits", {
  controlPlaneComponentHealthCheck: time("for a control plane component to be healthy"),
  kubeletHealthCheck: time("for the kubelet to be healthy"),
  kubernetesAPICall: time("for a call of the API server"),
  etcdAPICall: time("for a call of etcd"),
  tlsBootstrap: time("for the kubelet to get its certificate"),
  discovery: time("to learn about the cluster when joining"),
  upgradeManifests: time("for a changed static pod to be running"),
});

const NODE_REGISTRATION = fields("this host as a node", {
  name: text("name of the node", format.dnsName),
  criSocket: CRI_SOCKET,
  taints: list(
    "taints of the node; absent: NoSchedule on a control plane host, an empty list: none",
    fields(
      "a taint",
      {
        key: text("key", format.qualifiedName),
        value: text("value", format.labelValue),
        effect: oneOf("what happens to pods without toleration", "NoSchedule", "PreferNoSchedule", "NoExecute"),
        timeAdded: text("when it was added", format.timestamp),
      },
      "key",
      "effect",
    ),
  ),
  kubeletExtraArgs: ARGS,
  ignorePreflightErrors: IGNORED_CHECKS,
  imagePullPolicy: PULL_POLICY,
  imagePullSerial: PULL_SERIAL,
});

const INIT = document("how to start a cluster on this host", {
  bootstrapTokens: list(
    "tokens to make",
    fields("a token", {
      token: TOKEN,
      description: text("what it is for"),
      ttl: { type: "duration", doc: "how long it is valid; 0: for ever" },
      expires: { type: "timestamp", doc: "until when it is valid" },
      usages: list("what it may be used for", oneOf("a use", "signing", "authentication")),
      groups: list("groups that it authenticates as", text("a group", format.bootstrapGroup)),
    }),
    "token",
  ),
  certificateKey: CERTIFICATE_KEY,
  dryRun: DRY_RUN,
  localAPIEndpoint: fields("this host's API server", API_ENDPOINT),
  nodeRegistration: NODE_REGISTRATION,
  patches: PATCHES,
  skipPhases: SKIP_PHASES,
  timeouts: TIMEOUTS,
});

const FILE = (doc: string) => text(doc, format.absolutePath);
const URLS = (doc: string) => list(doc, text("URL"));

const CLUSTER = document("what is the same for the whole cluster", {
  apiServer: fields("kube-apiserver", { ...COMPONENT, certSANs: CERTIFICATE_NAMES }),
  caCertificateValidityPeriod: time("how long a new certificate authority is valid"),
  certificateValidityPeriod: time("how long a new certificate is valid"),
  certificatesDir: FILE("folder of certificates and keys"),
  clusterName: text("name of the cluster"),
  controlPlaneEndpoint: endpoint("host[:port] that all API servers together are reached at"),
  controllerManager: fields("kube-controller-manager", COMPONENT),
  dns: fields("the DNS addon", { ...IMAGE, disabled: flag("whether to leave it out") }),
  encryptionAlgorithm: oneOf(
    "kind of keys",
    ...["RSA-2048", "RSA-3072", "RSA-4096", "ECDSA-P256", "ECDSA-P384"],
  ),
  etcd: fields("the store; one of the two", {
    local: fields("etcd on the control plane hosts", {
      ...IMAGE,
      dataDir: FILE("folder of the data"),
      extraArgs: ARGS,
      extraEnvs: ENVS,
      peerCertSANs: CERTIFICATE_NAMES,
      serverCertSANs: CERTIFICATE_NAMES,
    }),
    external: fields("etcd that somebody else runs", {
      caFile: FILE("its certificate authority"),
      certFile: FILE("our certificate"),
      endpoints: URLS("where it is"),
      httpEndpoints: URLS("where its HTTP API is, if elsewhere"),
      keyFile: FILE("our key"),
    }),
  }),
  featureGates: { type: "map", of: flag("whether it is on"), doc: "kubeadm's feature gates" },
  imageRepository: text("where images come from", format.imageRepository),
  kubernetesVersion: { type: "version", doc: "version of the control plane, v1.37.2, or a label such as stable-1" },
  networking: fields("networks of the cluster", {
    dnsDomain: text("domain of Services", format.dnsName),
    podSubnet: networks("networks of pods, one or one of each family, with a comma between"),
    serviceSubnet: networks("networks of Services, one or one of each family, with a comma between"),
  }),
  proxy: fields("the kube-proxy addon", { disabled: flag("whether to leave it out") }),
  scheduler: fields("kube-scheduler", COMPONENT),
});

const JOIN = document("how to make this host a node of a cluster", {
  caCertPath: text("where the cluster's CA is kept", format.certificatePath),
  controlPlane: fields("that it is a control plane host", {
    certificateKey: CERTIFICATE_KEY,
    localAPIEndpoint: fields("this host's API server", API_ENDPOINT),
  }),
  discovery: fields("how to learn about the cluster; one of bootstrapToken and file", {
    bootstrapToken: fields(
      "by a token",
      {
        token: TOKEN,
        apiServerEndpoint: endpoint("host:port of an API server", "any name"),
        caCertHashes: list("pins of the cluster's CA; any one has to fit", text("a pin", format.caHash)),
        unsafeSkipCAVerification: flag("whether to do without a pin"),
      },
      "token",
      "apiServerEndpoint",
    ),
    file: fields("by a kubeconfig", { kubeConfigPath: text("path or https URL") }, "kubeConfigPath"),
    tlsBootstrapToken: secret("token that the kubelet asks for its certificate with", format.bootstrapToken),
  }),
  dryRun: DRY_RUN,
  nodeRegistration: NODE_REGISTRATION,
  patches: PATCHES,
  skipPhases: SKIP_PHASES,
  timeouts: TIMEOUTS,
});

const RESET = document("how to undo on this host", {
  certificatesDir: FILE("folder of certificates and keys"),
  cleanupTmpDir: flag("whether to remove temporary files"),
  criSocket: CRI_SOCKET,
  dryRun: DRY_RUN,
  force: flag("whether not to ask"),
  ignorePreflightErrors: IGNORED_CHECKS,
  skipPhases: SKIP_PHASES,
  timeouts: TIMEOUTS,
  unmountFlags: list("flags of umount2", oneOf("a flag", "MNT_FORCE", "MNT_DETACH", "MNT_EXPIRE", "UMOUNT_NOFOLLOW")),
});

const VERSION = text("version to upgrade to");
const RENEWAL = flag("whether to renew certificates");
const ETCD_UPGRADE = flag("whether to upgrade etcd");
const PRINT = flag("whether to print the configuration");
const ALLOWED: Fields = {
  allowExperimentalUpgrades: flag("whether alpha and beta versions are allowed"),
  allowRCUpgrades: flag("whether release candidates are allowed"),
};
const UPGRADE_NODE: Fields = {
  certificateRenewal: RENEWAL,
  dryRun: DRY_RUN,
  etcdUpgrade: ETCD_UPGRADE,
  ignorePreflightErrors: IGNORED_CHECKS,
  imagePullPolicy: PULL_POLICY,
  imagePullSerial: PULL_SERIAL,
  patches: fields("changes to generated files", { directory: FILE("folder with the patches") }),
  skipPhases: SKIP_PHASES,
};

const UPGRADE = document("how to upgrade", {
  apply: fields("upgrade apply", {
    ...UPGRADE_NODE,
    ...ALLOWED,
    forceUpgrade: flag("whether not to ask"),
    kubernetesVersion: VERSION,
    printConfig: PRINT,
  }),
  diff: fields("upgrade diff", {
    contextLines: { type: "integer", bits: 64, min: 0, max: Number.MAX_SAFE_INTEGER, doc: "lines of context" },
    kubernetesVersion: VERSION,
  }),
  node: fields("upgrade node", UPGRADE_NODE),
  plan: fields("upgrade plan", {
    ...ALLOWED,
    dryRun: DRY_RUN,
    etcdUpgrade: ETCD_UPGRADE,
    ignorePreflightErrors: IGNORED_CHECKS,
    kubernetesVersion: VERSION,
    printConfig: PRINT,
  }),
  timeouts: TIMEOUTS,
});

/** The kinds of `kubeadm.k8s.io/v1beta4`. */
export const KUBEADM_KINDS = {
  ClusterConfiguration: CLUSTER,
  InitConfiguration: INIT,
  JoinConfiguration: JOIN,
  ResetConfiguration: RESET,
  UpgradeConfiguration: UPGRADE,
} as const satisfies Readonly<Record<string, Schema>>;
