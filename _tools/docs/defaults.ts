/**
 * Defaults of configuration fields, as the program completes documents that hold nothing. Two hosts that differ in
 * everything show which defaults depend on the host.
 * @module
 */
import { kubeProxyConfiguration } from "../../src/cluster/addons/kube_proxy.ts";
import { kubeletConfiguration } from "../../src/cluster/kubelet/configuration.ts";
import { SUPPORTED } from "../../src/cluster/versions.ts";
import { loadInit, loadJoin } from "../../src/config/load.ts";
import { loadReset } from "../../src/config/load_reset.ts";
import { loadUpgrade } from "../../src/config/load_upgrade.ts";
import { initDocuments, joinDocument, resetDocument, upgradeDocument } from "../../src/config/serialize_kinds.ts";
import type { Facts } from "../../src/config/types.ts";

/** Hosts with nothing in common. */
const HOSTS: readonly Facts[] = [["one", "192.0.2.1", "v1.36.3"], ["two", "198.51.100.2", "v1.35.0"]].map((
  [name, address, version],
) => ({
  hostname: name!,
  addresses: [{ interface: "eth0", address: address!, family: "IPv4" }],
  defaultAddress: address!,
  criSockets: [`unix:///run/${name}.sock`],
  kubeletVersion: version!,
}));

const HEAD = "apiVersion: kubeadm.k8s.io/v1beta4\nkind:";
/** Documents that hold only what is required, and one empty item where a list has none. */
const INIT = `${HEAD} InitConfiguration\nbootstrapTokens: [{}]\n`;
const JOIN = `${HEAD} JoinConfiguration\ndiscovery:\n  bootstrapToken: {token: abcdef.0123456789abcdef, ` +
  "apiServerEndpoint: 'a:1', unsafeSkipCAVerification: true}\n";

/** Fields whose value is not a default: the document above holds it, or another field that it follows. */
const GIVEN = /^JoinConfiguration\.discovery\./;

/** Every document that one host completes. */
function documentsOf(facts: Facts, controlPlane: boolean): Record<string, unknown>[] {
  const init = loadInit(INIT, {}, facts, SUPPORTED);
  const join = loadJoin(`${JOIN}${controlPlane ? "controlPlane: {}\n" : ""}`, {}, facts);
  const { cluster } = init;
  return [
    ...initDocuments(init),
    joinDocument(join),
    resetDocument(loadReset(undefined, {}, facts)),
    upgradeDocument(loadUpgrade(`${HEAD} UpgradeConfiguration\napply: {}\ndiff: {}\nnode: {}\nplan: {}\n`)),
    kubeletConfiguration(cluster),
    kubeProxyConfiguration({ cluster, endpoint: init.localAPIEndpoint }),
  ];
}

/** The values below a value by their paths, `bootstrapTokens[].ttl`; a list of texts is one value. */
function valuesIn(value: unknown, path: string): [string, string][] {
  if (Array.isArray(value)) {
    const isText = value.every((item) => typeof item !== "object");
    return isText ? [[path, value.join(", ")]] : value.flatMap((item) => valuesIn(item, `${path}[]`));
  }
  if (typeof value !== "object" || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([name, item]) => valuesIn(item, `${path}.${name}`));
}

/** The defaults by path from the kind, `ClusterConfiguration.clusterName`: those that are the same on every host. */
export function fixedDefaults(): ReadonlyMap<string, string> {
  const found = new Map<string, Set<string>>();
  const documents = HOSTS.flatMap((facts) => [...documentsOf(facts, false), ...documentsOf(facts, true)]);
  for (const document of documents) {
    for (const [path, value] of valuesIn(document, String(document["kind"]))) {
      if (!GIVEN.test(path)) found.set(path, (found.get(path) ?? new Set()).add(value));
    }
  }
  return new Map([...found].flatMap(([path, values]) => values.size === 1 ? [[path, [...values][0]!] as const] : []));
}
