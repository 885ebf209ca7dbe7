/**
 * Things of somebody else's beside a cluster's, which whoever removes the cluster has to leave alone.
 *
 * @module
 */

import type { Host } from "./host.ts";

/** Before there is a cluster: files, mounts, rules, a link, a network namespace, a control group, a process. */
export async function plantAround(host: Host): Promise<void> {
  await host.shell(`
mkdir -p /srv/mine /srv/bound
echo mine >/srv/mine/file
echo mine >/etc/cni/net.d/99-mine.txt
echo mine >/opt/cni/bin/mine
mkdir -p /root/.kube; echo mine >/root/.kube/config
mount --bind /srv/mine /srv/bound
iptables -N MINE; iptables -A MINE -s 192.0.2.0/24 -j DROP; iptables -A INPUT -j MINE
iptables -t nat -A POSTROUTING -s 198.51.100.0/24 -j MASQUERADE
ip6tables -A INPUT -s 2001:db8::/32 -j DROP
nft add table inet mine; nft add chain inet mine input '{ type filter hook input priority 10; }'
nft add rule inet mine input ip saddr 203.0.113.0/24 drop
ip link add mine0 type bridge; ip address add 192.0.2.1/24 dev mine0; ip link set mine0 up
mkdir -p /run/netns; ip netns add mine
mkdir /sys/fs/cgroup/cpu/mine
`);
  await host.exec(["systemd-run", "--unit=mine", "--collect", "sleep", "1000000"]);
}

/** Paths of {@link plantWithin} that are files. */
export const WITHIN = [
  "/etc/kubernetes/mine.conf",
  "/etc/kubernetes/pki/mine.crt",
  "/etc/systemd/system/kubelet.service.d/20-mine.conf",
  "/var/lib/kubelet/config.json",
  "/var/lib/kubelet/seccomp/mine.json",
  "/var/log/pods/mine",
];

/** Where {@link plantWithin} mounts a disk of somebody else's: outside the kubelet's own folders. */
export const WITHIN_MOUNT = "/var/lib/kubelet/mine";

/** In folders that the cluster has made. */
export async function plantWithin(host: Host): Promise<void> {
  for (const path of WITHIN) await host.write(path, "mine\n", 0o600);
  await host.shell(`mkdir ${WITHIN_MOUNT}; mount -t tmpfs mine ${WITHIN_MOUNT}; echo mine >${WITHIN_MOUNT}/file`);
}

/** Throws unless what was planted within is as it was; then takes it away, with folders that hold nothing else. */
export async function pickWithin(host: Host): Promise<void> {
  for (const path of [...WITHIN, `${WITHIN_MOUNT}/file`]) {
    const text = await host.read(path).catch(() => "nothing");
    if (text !== "mine\n") throw new Error(`${host.name}: "${path}" was planted there, and holds ${text}`);
  }
  await host.shell(`umount ${WITHIN_MOUNT}; rmdir ${WITHIN_MOUNT}; rm ${WITHIN.join(" ")}
for folder in /etc/kubernetes/pki /etc/kubernetes /etc/systemd/system/kubelet.service.d /var/lib/kubelet/seccomp /var/lib/kubelet /var/log/pods; do
  if [ -d $folder ]; then rmdir $folder; fi
done; systemctl daemon-reload`);
}
