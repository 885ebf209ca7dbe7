/**
 * The input of the kubelet: its configuration for the whole cluster, that of one node, and its remaining flags.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/componentconfigs/kubelet.go
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/kubelet/flags.go
 * @module
 */
import type { Arg, ClusterConfiguration, ComponentConfiguration, NodeRegistration, Taint } from "../../config/types.ts";
import { argument, commandArguments } from "../arguments.ts";
import { withDefaults } from "../objects/config_map.ts";
import { clusterDnsAddress } from "../endpoints.ts";
import { KUBELET_FILES, MANIFESTS_DIRECTORY, PORTS, SYSTEMD_RESOLVED_FILE } from "../paths.ts";

/** The KubeletConfiguration of the cluster: the user's document with defaults. */
export function kubeletConfiguration(
  cluster: ClusterConfiguration,
  user: ComponentConfiguration = {},
): ComponentConfiguration {
  const defaults = {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: `${cluster.certificatesDir}/ca.crt` },
    },
    authorization: { mode: "Webhook" },
    cgroupDriver: "systemd",
    clusterDNS: [clusterDnsAddress(cluster)],
    clusterDomain: cluster.networking.dnsDomain,
    healthzBindAddress: "127.0.0.1",
    healthzPort: PORTS.kubeletHealthz,
    staticPodPath: MANIFESTS_DIRECTORY,
  };
  // Not a default: without rotation, the kubelet loses access to the cluster after a year.
  return { ...withDefaults(user, defaults), rotateCertificates: true };
}

/** The settings of the node, also written to a separate file that kubeadm reads. */
export function kubeletInstanceConfiguration(criSocket: string): ComponentConfiguration {
  return { containerRuntimeEndpoint: criSocket };
}

/**
 * The configuration of one node's kubelet, from that of the cluster.
 * With systemd-resolved, `/etc/resolv.conf` contains its stub on loopback, with which CoreDNS would query itself:
 * https://coredns.io/plugins/loop/#troubleshooting
 */
export function nodeKubeletConfiguration(
  configuration: ComponentConfiguration,
  node: {
    criSocket: string;
    systemdResolved: boolean;
    /** The user's patches: applied after the settings of the node, except the socket. */
    patch?(configuration: ComponentConfiguration): ComponentConfiguration;
  },
): ComponentConfiguration {
  const own = { ...(node.systemdResolved ? { resolvConf: SYSTEMD_RESOLVED_FILE } : {}), ...configuration };
  return { ...(node.patch?.(own) ?? own), ...kubeletInstanceConfiguration(node.criSocket) };
}

/**
 * The environment file with the flags that the configuration file does not support.
 * `registerTaints`: whether the kubelet sets the taints when it creates its Node; for workers only, because `init` marks a
 * control plane node with an administrator's identity.
 */
export function kubeletFlagsFile(
  node: Pick<NodeRegistration, "name" | "taints" | "kubeletExtraArgs">,
  host: { hostname: string; registerTaints: boolean },
): string {
  const hostname = host.hostname.trim().toLowerCase();
  const name = argument(node.kubeletExtraArgs, "hostname-override") ?? node.name;
  const flags: Record<string, string> = {};
  if (host.registerTaints && node.taints.length > 0) {
    flags["register-with-taints"] = node.taints.map(taintText).join(",");
  }
  if (name !== hostname) flags["hostname-override"] = name;
  return flagsFile(commandArguments(flags, node.kubeletExtraArgs));
}

/** The path of the certificate and key that the kubelet renews: in its directory, or in that of a flag. */
export function rotatedCertificate(kubeletExtraArgs: readonly Arg[]): string {
  const directory = argument(kubeletExtraArgs, "cert-dir");
  const file = KUBELET_FILES.clientCertificate;
  return directory === undefined ? file : `${directory}${file.slice(file.lastIndexOf("/"))}`;
}

/** `KUBELET_KUBEADM_ARGS="--a=b --c=d"` and a line end. */
function flagsFile(args: readonly string[]): string {
  return `KUBELET_KUBEADM_ARGS=${goQuote(args.join(" "))}\n`;
}

/** The flags in such a file, in order; words not of the form `--name=value` are left out. */
export function parseKubeletFlagsFile(text: string): Arg[] {
  const flags = text.trim().replace(/^KUBELET_KUBEADM_ARGS=/, "").replace(/^"|"$/g, "");
  return flags.split(/\s+/).flatMap((flag) => {
    const [, name, value] = /^--([^=]+)=(.*)$/.exec(flag) ?? [];
    return name === undefined ? [] : [{ name, value: value! }];
  });
}

/** `key=value:effect`, without `=` where there is no value (core/v1 Taint.ToString). */
function taintText({ key, value, effect }: Taint): string {
  return value ? `${key}=${value}:${effect}` : `${key}:${effect}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

/** A text as a Go string literal (`%q`), the format of values in kubeadm's own files. */
export function goQuote(text: string): string {
  const quoted = Array.from(text, (character) => {
    const code = character.codePointAt(0)!;
    if (ESCAPES[character]) return ESCAPES[character];
    if (character === " " || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character)) return character;
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
  });
  return `"${quoted.join("")}"`;
}
