/**
 * The values that kubeadm recommends for the components' own configuration. Other values are valid and cause a warning.
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/componentconfigs/kubelet.go (and kubeproxy.go)
 * @module
 */
import { formatAddress, networksText, nthAddress, parseAddress } from "./addresses.ts";
import type { ClusterConfiguration, ComponentConfiguration } from "./types.ts";
import { deprecated, mustBe, notRecommended, quoted } from "./wording.ts";
import { isMapping } from "./yaml.ts";

/** Receives a warning at a field path. */
export type Warn = (path: string, what: string) => void;

/** The value at `a.b.c` of a document. */
function valueAt(document: ComponentConfiguration, path: string): unknown {
  return path.split(".").reduce<unknown>((value, step) => isMapping(value) ? value[step] : undefined, document);
}

/** The address of the DNS Service: the tenth of the first network. */
function dnsAddress({ networking }: ClusterConfiguration): string | undefined {
  const [cidr] = networking.serviceSubnet;
  return cidr && cidr.prefix <= (cidr.address.family === "IPv4" ? 28 : 124)
    ? formatAddress(nthAddress(cidr, 10))
    : undefined;
}

/** Warns of each given value that differs from the recommended one; an empty value counts as absent. */
function compare(
  kind: string,
  document: ComponentConfiguration,
  recommended: Readonly<Record<string, unknown>>,
  warn: Warn,
): void {
  for (const [path, wanted] of Object.entries(recommended)) {
    const given = valueAt(document, path);
    if (given === undefined || given === "" || wanted === undefined || String(given) === String(wanted)) continue;
    warn(`${kind}.${path}`, notRecommended(JSON.stringify(given), JSON.stringify(wanted)));
  }
}

/** Warns of values in a KubeletConfiguration that differ from the recommended ones. */
export function warnOfKubelet(document: ComponentConfiguration, cluster: ClusterConfiguration, warn: Warn): void {
  const dns = dnsAddress(cluster);
  compare("KubeletConfiguration", document, {
    staticPodPath: "/etc/kubernetes/manifests",
    clusterDNS: dns === undefined ? undefined : [dns],
    clusterDomain: cluster.networking.dnsDomain,
    "authentication.x509.clientCAFile": `${cluster.certificatesDir}/ca.crt`,
    "authentication.anonymous.enabled": false,
    "authentication.webhook.enabled": true,
    "authorization.mode": "Webhook",
    healthzBindAddress: "127.0.0.1",
    healthzPort: 10248,
    readOnlyPort: 0,
  }, warn);
}

/** Warns of values in a KubeProxyConfiguration that differ from the recommended ones. */
export function warnOfKubeProxy(document: ComponentConfiguration, cluster: ClusterConfiguration, warn: Warn): void {
  const kind = "KubeProxyConfiguration";
  const bind = typeof document.bindAddress === "string" ? document.bindAddress : "";
  const address = parseAddress(bind);
  if (bind !== "" && !address) warn(`${kind}.bindAddress`, mustBe("an IP address", quoted(bind)));
  compare(kind, document, {
    ...(address && bind !== "0.0.0.0" && bind !== "::"
      ? { bindAddress: address.family === "IPv4" ? "0.0.0.0" : "::" }
      : {}),
    clusterCIDR: networksText(cluster.networking.podSubnet) || undefined,
    "clientConnection.kubeconfig": "/var/lib/kube-proxy/kubeconfig.conf",
  }, warn);
  if (document.mode === "ipvs") {
    warn(`${kind}.mode`, deprecated('"ipvs"', '"nftables", or "iptables" on old kernels', "Kubernetes 1.35"));
  }
}
