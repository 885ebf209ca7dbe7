/**
 * Every field of every kind of `kubeadm.k8s.io/v1beta4`: type, valid values, and its meaning in one sentence, from which
 * `deno task docs` makes the configuration reference.
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

/** The schema with a description of its default, where that depends on the host or on other fields. */
function byDefault(schema: Schema, words: string): Schema {
  return { ...schema, default: words };
}

/** A document: its fields and the two that name its kind. */
function document(doc: string, members: Fields): Schema {
  const names = { apiVersion: text("API group and version of the document."), kind: text("Kind of the document.") };
  return fields(doc, { ...names, ...members });
}

const ARGS = list(
  "Additional command line arguments. An argument replaces the default of the same name; several of one name are all passed.",
  fields(
    "One argument.",
    {
      name: text("Name of the argument, without the leading dashes.", format.argumentName),
      value: text("Value of the argument."),
    },
    "name",
  ),
);

const KEY_OF_OBJECT: Fields = {
  name: text("Name of the object, in the namespace of the pod."),
  key: text("Key in the object."),
  optional: flag("Start the container even if the object or the key is missing."),
};

const ENVS = list(
  "Environment variables of the container.",
  fields("One variable.", {
    name: text("Name of the variable.", format.environmentName),
    value: text("Value of the variable."),
    valueFrom: fields("Source of the value, instead of `value`: an EnvVarSource of core/v1.", {
      fieldRef: fields("A field of the pod.", {
        apiVersion: byDefault(text("API version of the field path."), "`v1`"),
        fieldPath: text("Path of the field in the pod, for example `status.podIP`."),
      }),
      resourceFieldRef: fields("A resource limit or request of a container.", {
        containerName: text("Name of the container."),
        resource: text("Name of the resource, for example `limits.cpu`."),
        divisor: { type: "anything", doc: "Quantity that the value is divided by." },
      }),
      configMapKeyRef: fields("A key of a ConfigMap.", KEY_OF_OBJECT),
      secretKeyRef: fields("A key of a Secret.", KEY_OF_OBJECT),
      fileKeyRef: fields("A key of an environment file in a volume.", {
        volumeName: text("Name of the volume."),
        path: text("Path of the file in the volume."),
        key: text("Key in the file."),
        optional: flag("Start the container even if the file or the key is missing."),
      }),
    }),
  }, "name"),
);

const COMPONENT: Fields = {
  extraArgs: ARGS,
  extraVolumes: list(
    "Additional files and directories of the host that are mounted into the pod.",
    fields(
      "One mount.",
      {
        name: text("Name of the volume.", format.dnsLabel),
        hostPath: text("Path on the host.", format.absolutePath),
        mountPath: text("Path in the container.", format.absolutePath),
        readOnly: flag("Mount the volume read-only."),
        pathType: oneOf(
          "Required type of the host path; the types that end in `OrCreate` create it. An empty value checks nothing.",
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
  imageRepository: byDefault(
    text("Registry and repository of the image.", format.imageRepository),
    "`ClusterConfiguration.imageRepository`",
  ),
  imageTag: byDefault(text("Tag of the image.", format.imageTag), "the tag for `kubernetesVersion`"),
};

const CERTIFICATE_NAMES = list(
  "Additional subject alternative names of the certificate.",
  text("A DNS name or an IP address.", format.certificateName),
);

const API_ENDPOINT: Fields = {
  advertiseAddress: byDefault(
    text("IP address that the API server of this host advertises to the cluster.", format.reachableAddress),
    "the address of the interface with the default route",
  ),
  bindPort: { type: "integer", min: 1, max: 65535, doc: "Port that the API server of this host listens on." },
};

const CERTIFICATE_KEY = secret("Key that encrypts and decrypts the uploaded certificates.", format.certificateKey);
const TOKEN = secret("Bootstrap token, in the form `id.secret`.", format.bootstrapToken);
const DRY_RUN = flag("List the changes without making them.");
const SKIP_PHASES = list("Phases to skip.", text("Path of a phase, for example `addon/kube-proxy`."));
const IGNORED_CHECKS = list(
  "Preflight checks whose errors become warnings; `all` stands for every check.",
  text("Name of a check."),
);
const PATCHES = fields("Patches for the files that kubewright generates.", {
  directory: text("Directory of the patch files, named `target[suffix][+patchtype].extension`."),
});
const PULL_POLICY = oneOf("When to pull images.", "Always", "IfNotPresent", "Never");
const PULL_SERIAL = flag("Pull images one after another instead of all at once.");
const CRI_SOCKET = byDefault(
  text("URL of the container runtime's socket.", format.criSocket),
  "the socket of the only runtime on the host; of containerd when no socket exists",
);

function time(doc: string): Schema {
  return { type: "duration", positive: true, doc };
}

const TIMEOUTS = fields("Time limits.", {
  controlPlaneComponentHealthCheck: time("How long to wait for each control plane component to become healthy."),
  kubeletHealthCheck: time("How long to wait for the kubelet to become healthy."),
  kubernetesAPICall: time("How long to retry a request to the API server."),
  etcdAPICall: time("How long to retry a request to etcd."),
  tlsBootstrap: time("How long to wait for the kubelet to receive its client certificate."),
  discovery: time("How long `join` waits for valid cluster information."),
  upgradeManifests: time("How long an upgrade waits for a changed static pod to run."),
});

const NODE_REGISTRATION = fields("How this host registers as a node.", {
  name: byDefault(text("Name of the node.", format.dnsName), "the host name, in lower case"),
  criSocket: CRI_SOCKET,
  taints: byDefault(
    list(
      "Taints that the node registers with; an empty list registers it without taints.",
      fields(
        "One taint.",
        {
          key: text("Key of the taint.", format.qualifiedName),
          value: text("Value of the taint.", format.labelValue),
          effect: oneOf(
            "Effect on pods that do not tolerate the taint.",
            ...["NoSchedule", "PreferNoSchedule", "NoExecute"],
          ),
          timeAdded: text("Time when the taint was added.", format.timestamp),
        },
        "key",
        "effect",
      ),
    ),
    "`node-role.kubernetes.io/control-plane:NoSchedule` on a control plane node, otherwise empty",
  ),
  kubeletExtraArgs: ARGS,
  ignorePreflightErrors: IGNORED_CHECKS,
  imagePullPolicy: PULL_POLICY,
  imagePullSerial: PULL_SERIAL,
});

const INIT = document("Settings of `init` for this host.", {
  bootstrapTokens: list(
    "Bootstrap tokens to create.",
    fields("One token.", {
      token: byDefault(TOKEN, "a generated token"),
      description: text("Purpose of the token, for people."),
      ttl: { type: "duration", doc: "Lifetime of the token; `0s` never expires. Mutually exclusive with `expires`." },
      expires: { type: "timestamp", doc: "Time when the token expires. Mutually exclusive with `ttl`." },
      usages: list("Allowed uses of the token.", oneOf("A use.", "signing", "authentication")),
      groups: list("Groups that the token authenticates as.", text("A group.", format.bootstrapGroup)),
    }),
    "token",
  ),
  certificateKey: byDefault(CERTIFICATE_KEY, "a generated key, when certificates are uploaded"),
  dryRun: DRY_RUN,
  localAPIEndpoint: fields("API server of this host.", API_ENDPOINT),
  nodeRegistration: NODE_REGISTRATION,
  patches: PATCHES,
  skipPhases: SKIP_PHASES,
  timeouts: TIMEOUTS,
});

const FILE = (doc: string) => text(doc, format.absolutePath);
const URLS = (doc: string) => list(doc, text("A URL, for example `https://10.0.0.7:2379`."));

const CLUSTER = document("Settings that all hosts of the cluster share.", {
  apiServer: fields("Settings of kube-apiserver.", { ...COMPONENT, certSANs: CERTIFICATE_NAMES }),
  caCertificateValidityPeriod: time("Validity period of new certificate authorities."),
  certificateValidityPeriod: time("Validity period of new certificates."),
  certificatesDir: FILE("Directory of the certificates and keys."),
  clusterName: text("Name of the cluster in kubeconfig files."),
  controlPlaneEndpoint: endpoint(
    "Stable DNS name or IP address of the control plane, with an optional port; required for several control plane nodes.",
  ),
  controllerManager: fields("Settings of kube-controller-manager.", COMPONENT),
  dns: fields("Settings of the DNS addon, CoreDNS.", { ...IMAGE, disabled: flag("Do not install the addon.") }),
  encryptionAlgorithm: oneOf(
    "Algorithm of new keys.",
    ...["RSA-2048", "RSA-3072", "RSA-4096", "ECDSA-P256", "ECDSA-P384"],
  ),
  etcd: fields("Settings of etcd; `local` and `external` are mutually exclusive.", {
    local: fields("An etcd member on each control plane node, as a static pod.", {
      ...IMAGE,
      dataDir: FILE("Directory of the data."),
      extraArgs: ARGS,
      extraEnvs: ENVS,
      peerCertSANs: CERTIFICATE_NAMES,
      serverCertSANs: CERTIFICATE_NAMES,
    }),
    external: fields("An etcd cluster that kubewright does not manage.", {
      caFile: FILE("Certificate of the authority that issued etcd's server certificates."),
      certFile: FILE("Client certificate of the API server for etcd; requires `keyFile` and `caFile`."),
      endpoints: URLS("Client URLs of the etcd members; at least one is required."),
      httpEndpoints: byDefault(
        URLS("URLs of etcd's HTTP endpoints (version, health, metrics), where they differ from `endpoints`."),
        "`endpoints`",
      ),
      keyFile: FILE("Key of the client certificate."),
    }),
  }),
  featureGates: {
    type: "map",
    of: flag("Whether the feature is enabled."),
    doc: "Feature gates of kubeadm, by name. RootlessControlPlane must be false.",
  },
  imageRepository: text("Registry and repository of the images.", format.imageRepository),
  kubernetesVersion: byDefault(
    {
      type: "version",
      doc: "Version of the control plane, or a label such as `stable-1`, which is resolved without network access.",
    },
    "the version of the kubelet on this host, or else the newest that kubewright supports",
  ),
  networking: fields("Networks of the cluster.", {
    dnsDomain: text("DNS domain of Services.", format.dnsName),
    podSubnet: byDefault(
      networks("Network of pods, as a CIDR; dual-stack: one of each IP family, separated by a comma."),
      "`10.244.0.0/16` with flannel",
    ),
    serviceSubnet: networks("Network of Services, as a CIDR; dual-stack: one of each IP family, separated by a comma."),
  }),
  proxy: fields("Settings of the kube-proxy addon.", { disabled: flag("Do not install the addon.") }),
  scheduler: fields("Settings of kube-scheduler.", COMPONENT),
});

const JOIN = document("Settings of `join` for this host.", {
  caCertPath: text("Path where the certificate of the cluster's authority is stored.", format.certificatePath),
  controlPlane: fields("Join as a control plane node. Not supported yet: kubewright rejects it.", {
    certificateKey: CERTIFICATE_KEY,
    localAPIEndpoint: fields("API server of this host.", API_ENDPOINT),
  }),
  discovery: fields("How to find and verify the cluster; `bootstrapToken` and `file` are mutually exclusive.", {
    bootstrapToken: fields(
      "Discovery with a bootstrap token.",
      {
        token: TOKEN,
        apiServerEndpoint: endpoint("Host and port of an API server; without a port: 6443.", "any name"),
        caCertHashes: list(
          "Hashes of valid public keys of the cluster's authority; one must match.",
          text("A hash, in the form `sha256:<64 hexadecimal digits>`.", format.caHash),
        ),
        unsafeSkipCAVerification: flag("Accept any authority whose cluster information the token signs. Not secure."),
      },
      "token",
      "apiServerEndpoint",
    ),
    file: fields("Discovery with a kubeconfig file.", {
      kubeConfigPath: text("Path or https URL of the file."),
    }, "kubeConfigPath"),
    tlsBootstrapToken: byDefault(
      secret("Bootstrap token with which the kubelet requests its client certificate.", format.bootstrapToken),
      "`discovery.bootstrapToken.token`",
    ),
  }),
  dryRun: DRY_RUN,
  nodeRegistration: NODE_REGISTRATION,
  patches: PATCHES,
  skipPhases: SKIP_PHASES,
  timeouts: TIMEOUTS,
});

const RESET = document("Settings of `reset` for this host.", {
  certificatesDir: FILE("Directory of the certificates of a cluster that kubeadm created; `reset` empties it."),
  cleanupTmpDir: flag("Also empty `/etc/kubernetes/tmp`."),
  criSocket: CRI_SOCKET,
  dryRun: DRY_RUN,
  force: flag("Do not ask for confirmation."),
  ignorePreflightErrors: IGNORED_CHECKS,
  skipPhases: SKIP_PHASES,
  timeouts: TIMEOUTS,
  unmountFlags: list(
    "Flags of umount2(2) for the mounts below `/var/lib/kubelet`.",
    oneOf("A flag.", "MNT_FORCE", "MNT_DETACH", "MNT_EXPIRE", "UMOUNT_NOFOLLOW"),
  ),
});

const VERSION = text("Version to upgrade to.");
const RENEWAL = flag("Renew the certificates.");
const ETCD_UPGRADE = flag("Upgrade etcd.");
const PRINT = flag("Print the configuration of the upgrade.");
const ALLOWED: Fields = {
  allowExperimentalUpgrades: flag("Allow alpha and beta versions."),
  allowRCUpgrades: flag("Allow release candidates."),
};
const UPGRADE_NODE: Fields = {
  certificateRenewal: RENEWAL,
  dryRun: DRY_RUN,
  etcdUpgrade: ETCD_UPGRADE,
  ignorePreflightErrors: IGNORED_CHECKS,
  imagePullPolicy: PULL_POLICY,
  imagePullSerial: PULL_SERIAL,
  patches: fields("Patches for the files that kubewright generates.", {
    directory: FILE("Directory of the patch files, named `target[suffix][+patchtype].extension`."),
  }),
  skipPhases: SKIP_PHASES,
};

const UPGRADE = document("Settings of `upgrade`. kubewright validates this document; it has no upgrade command yet.", {
  apply: fields("Settings of `upgrade apply`.", {
    ...UPGRADE_NODE,
    ...ALLOWED,
    forceUpgrade: flag("Do not ask for confirmation."),
    kubernetesVersion: VERSION,
    printConfig: PRINT,
  }),
  diff: fields("Settings of `upgrade diff`.", {
    contextLines: {
      type: "integer",
      bits: 64,
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      doc: "Number of unchanged lines to show around each difference.",
    },
    kubernetesVersion: VERSION,
  }),
  node: fields("Settings of `upgrade node`.", UPGRADE_NODE),
  plan: fields("Settings of `upgrade plan`.", {
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
