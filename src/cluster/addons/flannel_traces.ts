/**
 * Files and interfaces that flannel and its plugins leave on a host.
 * @see https://github.com/flannel-io/flannel/blob/v0.28.10/pkg/backend/vxlan/vxlan.go
 * @see https://github.com/containernetworking/plugins/blob/v1.9.1/plugins/ipam/host-local/backend/disk/backend.go
 * @module
 */

/** The directory of CNI configurations. */
export const CNI_CONFIGURATION_DIRECTORY = "/etc/cni/net.d";

export const FLANNEL_TRACES = {
  /** Written by an init container. */
  configuration: `${CNI_CONFIGURATION_DIRECTORY}/10-flannel.conflist`,
  /** Copied by an init container. */
  plugin: "/opt/cni/bin/flannel",
  /** Of the daemon, for the plugin. */
  run: "/run/flannel",
  /** In it: the networks of this node's pods. */
  subnets: "/run/flannel/subnet.env",
  /** The tunnel, one for each family of addresses. */
  tunnels: ["flannel.1", "flannel-v6.1"],
  /** The bridge of the pods; it has the bridge plugin's usual name, which others may use too. */
  bridge: "cni0",
  /** Directories of plugins for the network `cbr0`, which is also the prefix of the runtime's results. */
  data: ["/var/lib/cni/networks/cbr0", "/var/lib/cni/flannel"],
  results: "/var/lib/cni/results",
} as const;

/** Whether a CNI configuration is flannel's. */
export function isFlannelConfiguration(text: string): boolean {
  return /"type"\s*:\s*"flannel"/.test(text);
}
