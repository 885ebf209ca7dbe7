/** The container runtimes that kubeadm supports, by their sockets. Any layer may import this. @module */

/**
 * Socket and systemd unit of each, in kubeadm's order of preference.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/constants/constants_unix.go
 */
export const RUNTIMES = [
  { socket: "/var/run/containerd/containerd.sock", unit: "containerd" },
  { socket: "/var/run/crio/crio.sock", unit: "crio" },
  { socket: "/var/run/cri-dockerd.sock", unit: "cri-docker" },
] as const;

/** The unit of the runtime with this socket, by its file name; undefined for other names. */
export function runtimeUnit(socket: string): string | undefined {
  const file = socket.slice(socket.lastIndexOf("/") + 1);
  return RUNTIMES.find((runtime) => runtime.socket.endsWith(`/${file}`))?.unit;
}

/** What to do about a runtime that does not run or does not answer. */
export function restartHint(socket: string): string {
  const unit = runtimeUnit(socket);
  return unit === undefined
    ? "Start the container runtime of this socket, or set another socket with --cri-socket."
    : `Start the container runtime (systemctl restart ${unit}) and check its log (journalctl -u ${unit} -e).`;
}
