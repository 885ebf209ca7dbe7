/**
 * Differences from kubeadm that the generator of configurations meets and that are meant, besides those of `interop`.
 *
 * @module
 */
import { ALLOWED } from "../interop/allowed.ts";
import type { Allowance } from "../interop/compare.ts";
import type { VerdictAllowance } from "./verdicts.ts";

/** What Go writes for fields that nobody set. */
const ZERO = new Set(['"0s"', "0", '"0"', "{}", "null", '""', "false", "[]"]);

/** Fields. */
export const FUZZ_ALLOWED: readonly Allowance[] = [
  ...ALLOWED.filter(({ configuration }) => configuration === undefined),
  {
    reason: "fields that nobody set are left out of what is printed and converted; Go writes their zero value",
    document: /./,
    path: /./,
    when: ({ kubeadm, kubewright }) => ZERO.has(kubeadm ?? "") && kubewright === undefined,
  },
  {
    reason: "a zero that the user wrote is kept; Go leaves it out, which means the same",
    document: /ConfigMap kube-proxy$/,
    path: /^data\./,
    when: ({ kubeadm, kubewright }) => ZERO.has(kubewright ?? "") && kubeadm === undefined,
  },
  {
    reason: "config migrate keeps the documents of components; kubeadm's leaves them out",
    document: /^Kube(let|Proxy)Configuration$/,
    path: /^$/,
    when: ({ kubeadm }) => kubeadm === undefined,
  },
  {
    reason: "paths are cleaned when they are read; kubeadm keeps them as written and cleans what it makes of them",
    document: /^ClusterConfiguration$|\.yaml$/,
    path: /certificatesDir|dataDir|(ca|cert|key)File|data-dir|etcd-(ca|cert|key)file|hostPath\.path|mountPath/,
    when: ({ kubeadm, kubewright }) => kubeadm !== undefined && cleaned(kubeadm) === kubewright,
  },
  {
    reason: "checks to pass over are kept in lower case, as they are compared",
    document: /^InitConfiguration$/,
    path: /ignorePreflightErrors/,
    when: ({ kubeadm, kubewright }) => kubeadm?.toLowerCase() === kubewright,
  },
  {
    reason:
      "an unspecified address means that of the default route, IPv4 before IPv6; kubeadm takes `::` for IPv6 first",
    document: /^InitConfiguration$/,
    path: /^localAPIEndpoint\.advertiseAddress$/,
    when: ({ kubeadm }) => kubeadm?.includes(":") ?? false,
  },
  {
    reason:
      "a manifest is printed as it is applied, with the hash of its configuration; kubeadm adds that when it applies",
    document: /^ConfigMap kube-proxy$/,
    path: /^metadata\.annotations\.\{kubeadm\.kubernetes\.io\/component-config\.hash\}$/,
    when: ({ kubeadm }) => kubeadm === undefined,
  },
  {
    reason: "a certificate ends with its authority at the latest: nothing verifies it afterwards",
    document: /\.(crt|conf)$/,
    path: /\]\.notAfter$/,
    when: ({ kubeadm = "", kubewright = "" }) => minutes(kubewright) < minutes(kubeadm),
  },
  {
    reason: "a certificate begins with its authority at the earliest: nothing verifies it before",
    document: /\.(crt|conf)$/,
    path: /\]\.notBefore$/,
    when: ({ kubeadm = "", kubewright = "" }) => minutes(kubewright) > minutes(kubeadm),
  },
  {
    reason: "the public half of a key of service accounts is written where it is missing: kube-apiserver reads it",
    document: /\/sa\.(pub|key)$/,
    path: /^$|^content\.belongsToPartner$/,
    when: ({ kubeadm }) => kubeadm === undefined,
  },
  {
    reason: "a token that nobody asked for is made by init, and not written by config migrate",
    document: /^InitConfiguration$/,
    path: /^bootstrapTokens/,
    when: ({ kubewright }) => kubewright === undefined,
  },
  {
    reason: "each release of Kubernetes with the CoreDNS of its own kubeadm",
    document: /^images$|^Deployment coredns$/,
    path: /./,
    when: ({ kubeadm }) => kubeadm?.includes("coredns:") ?? false,
  },
];

/** `"start 60 min"`. */
function minutes(json: string): number {
  return Number(/^"start (-?\d+) min"$/.exec(json)?.[1]);
}

function cleaned(json: string): string {
  return json.replace(/\/\/+/g, "/").replace(/\/\.(?=\/)/g, "").replace(/\/[^/]+\/\.\.(?=[/"])/g, "").replace(
    /\/"$/,
    '"',
  );
}

const STRICTER: readonly (readonly [string, RegExp, RegExp?])[] = [
  [
    "leading zeros in addresses and prefixes are octal to some programs (CVE-2021-29923)",
    /must be an? (IP address|CIDR)[^;]*; got "[^"]*\b0\d|must be an IP address; got|must be an IP address or a DNS name, opt/,
    /\b0\d/,
  ],
  [
    "digits and dots are an address, and this is none",
    /must be an IP address or a DNS name, (which [^;]*; got "[\d.]+"|optionally)/,
  ],
  ["IPv4 networks are written as IPv4", /must be a CIDR [^;]*; got "::ffff:[^"]*"/],
  ["an endpoint without scheme, with brackets for IPv6 alone", /controlPlaneEndpoint: must be a host or HOST:PORT/],
  [
    "the API server has to be reachable: kubeadm refuses these only when it runs",
    /not a (broadcast|multicast|link-local) address/,
  ],
  [
    "the API server puts itself into the first Service network and ends where the families differ",
    /address like the first network of serviceSubnet/,
  ],
  ["a static pod with such a volume does not start", /extraVolumes\[\d+\]/],
  ["an environment variable has a name; the pod is refused otherwise", /extraEnvs\[\d+\]\.name/],
  ["a name of an argument that no component can have", /must be an argument name/],
  ["a tag that no runtime takes", /must be an image tag/],
  ["a URL that etcd's clients cannot use: other schemes, no host, several hosts, no such port", /must be an https URL/],
  ["etcd takes no password from a URL", /must not contain a user name or password/],
  ["pods and Services with the same addresses cannot work", /must not overlap serviceSubnet/],
  [
    "a mask of all nodes counts for both families, as in the controller manager",
    /podSubnet: must be (a network .* for nodes|at least as large as the .* network of each node)/,
    /node-cidr-mask-size,/,
  ],
  ["a mask that is no prefix length ends the controller manager", /must be an IPv[46] prefix length/],
  ["a period or time limit that is over when it begins", /must be a positive duration/],
  ["rootless control planes are not set up here", /RootlessControlPlane: must be false/],
  ["releases that this build does not know", /kubernetesVersion: unsupported version/],
  ["a socket is a path on this host, without white space", /must be the URL of a local socket/],
  ["a taint that the API server refuses when the node is marked", /taints\[\d+\]/],
  ["kubeadm refuses it, too, but only when it runs", /"all" and the names of checks are mutually exclusive/],
];

const LENIENT: readonly (readonly [string, RegExp, RegExp?])[] = [
  ["v1beta3 is still read here; kubeadm 1.37 has dropped it", /old API spec: "kubeadm.k8s.io\/v1beta3"/],
  ["documents without content are passed over", /GroupVersionKind \/, Kind=|kind and apiVersion is mandatory/],
  ["a field that is null is absent, a duration, too", /time: invalid duration ""/],
  ["a token without text is one that init makes", /the bootstrap token "" was not of the form/],
  ["an IPv6 address may stand in brackets without a port", /host '\[[\da-f:]+\]' must be/],
  ["a directive is YAML", /did not find expected <document start>/],
  [
    "three minor releases are known here, two to kubeadm",
    /only supports deploying clusters with the control plane version/,
  ],
  [
    "kubeadm adds its own defaults and refuses them",
    /token groups cannot be specified unless|TTL and .Expires fields are mutually exclusive/,
  ],
  ["a key may be merged and then set: YAML's own rule", /already set in map/],
];

/** Phases that one of them refuses. */
const PHASES: readonly VerdictAllowance[] = [
  {
    reason: "a key whose certificate is missing is completed: what a killed run leaves is gone on with",
    refusedBy: "kubeadm",
    stage: /^certs all$/,
    says: /failed to load certificate: couldn't load the certificate file .*: no such file or directory/,
  },
];

/** Verdicts. */
export const VERDICTS: readonly VerdictAllowance[] = [
  ...PHASES,
  ...STRICTER.map(([reason, says, text]): VerdictAllowance => ({
    reason,
    refusedBy: "kubewright",
    says,
    ...(text ? { text } : {}),
  })),
  ...LENIENT.map(([reason, says, text]): VerdictAllowance => ({
    reason,
    refusedBy: "kubeadm",
    says,
    ...(text ? { text } : {}),
  })),
];
