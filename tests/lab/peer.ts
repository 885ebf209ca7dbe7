/**
 * The peer: real kubeadm on lab hosts. It proves the lab, and measurements of kubewright are taken against it.
 *
 * @module
 */

import { type ClusterOptions, IGNORED_PREFLIGHT_ERRORS, initConfiguration } from "./config.ts";
import type { Host } from "./host.ts";

/** The kubelet's unit as the kubelet package of pkgs.k8s.io installs it. */
const UNIT = `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
`;

/** The drop-in of the kubeadm package. */
const DROP_IN = `[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`;

/** What `kubeadm init` gave. */
export interface Initialized {
  /** The whole run as its user sees it, in seconds. */
  seconds: number;
  stdout: string;
  /** `kubeadm join …` with token and hash, as printed. */
  join: readonly string[];
}

/** Gives a bare host what the kubeadm and kubelet packages bring: kubeadm, kubectl, unit and drop-in. */
export async function preparePeer(host: Host): Promise<void> {
  await host.install("kubeadm", "kubectl");
  await host.write("/usr/lib/systemd/system/kubelet.service", UNIT);
  await host.write("/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf", DROP_IN);
  await host.exec(["systemctl", "daemon-reload"]);
  await host.exec(["systemctl", "enable", "-q", "kubelet"]);
}

/** Runs `kubeadm init` on a prepared host and says how long it took. */
export async function kubeadmInit(host: Host, options: Partial<ClusterOptions> = {}): Promise<Initialized> {
  await host.write("/root/kubeadm.yaml", initConfiguration({ address: host.address, ...options }));
  const start = performance.now();
  const { stdout } = await host.exec(["kubeadm", "init", "--config", "/root/kubeadm.yaml"], { timeout: 300_000 });
  const seconds = (performance.now() - start) / 1000;
  const command = /kubeadm join .*\\\n.*sha256:[0-9a-f]{64}/.exec(stdout)?.[0];
  if (command === undefined) throw new Error(`Cannot read the join command of kubeadm init:\n${stdout}`);
  return { seconds, stdout, join: command.replace("\\\n", " ").split(/\s+/) };
}

/** Runs `kubeadm join` on a prepared host as a worker; returns the seconds it took. */
export async function kubeadmJoin(host: Host, join: readonly string[]): Promise<number> {
  const start = performance.now();
  await host.exec([...join, `--ignore-preflight-errors=${IGNORED_PREFLIGHT_ERRORS.join(",")}`], { timeout: 300_000 });
  return (performance.now() - start) / 1000;
}

/**
 * A pod network without any add-on: a bridge and a /24 of the pods' range on each host (`10.244.<position>.0/24`), and
 * routes between them.
 */
export async function plainPodNetwork(hosts: readonly Host[]): Promise<void> {
  for (const [position, host] of hosts.entries()) {
    const conflist = {
      cniVersion: "1.0.0",
      name: "lab",
      plugins: [
        {
          type: "bridge",
          bridge: "cni0",
          isGateway: true,
          ipMasq: true,
          hairpinMode: true,
          ipam: {
            type: "host-local",
            ranges: [[{ subnet: `10.244.${position}.0/24` }]],
            routes: [{ dst: "0.0.0.0/0" }],
          },
        },
        { type: "portmap", capabilities: { portMappings: true } },
      ],
    };
    for (const [other, { address }] of hosts.entries()) {
      if (other === position) continue;
      await host.exec(["ip", "route", "replace", `10.244.${other}.0/24`, "via", address]);
    }
    await host.write("/etc/cni/net.d/10-lab.conflist", JSON.stringify(conflist));
  }
}
