/**
 * Keeps what a failed scenario needs to be understood.
 *
 * @module
 */

import type { Output, RunOptions } from "./process.ts";

/** Files of the report, and the shell command inside the host whose output each one gets. */
const REPORTS: Readonly<Record<string, string>> = {
  "journal.txt": "journalctl --no-pager -o short-precise",
  "units.txt": "systemctl --failed --no-pager; systemctl status --no-pager kubelet containerd",
  "containers.txt": "ctr -n k8s.io containers list; ctr -n k8s.io tasks list; ctr -n k8s.io images list",
  "network.txt": "ip address; ip route; nft list ruleset; ss -ltnp",
  "processes.txt": "ps -eo pid,ppid,stat,etime,args --forest; df -h; free -m",
  "cluster.txt": "if [ -e /etc/kubernetes/admin.conf ] && command -v kubectl >/dev/null; then " +
    "export KUBECONFIG=/etc/kubernetes/admin.conf; kubectl --request-timeout=5s get nodes,pods -A -o wide; " +
    "kubectl --request-timeout=5s describe nodes,pods -A; kubectl --request-timeout=5s get events -A; fi",
};

/** Lines of files that hold secrets, in kubeconfigs and configurations. */
const SECRET = String.raw`s/^(\s*(client-key-data|token|certificateKey|password):).*/\1 (left out)/`;

/** Writes reports, container logs and configuration files into `folder`; a part that cannot be had is left out. */
export async function collect(
  exec: (argv: readonly string[], options?: RunOptions) => Promise<Output>,
  folder: string,
): Promise<void> {
  for (const [file, command] of Object.entries(REPORTS)) {
    const output = await exec(["sh", "-c", `${command} 2>&1`], { check: false, timeout: 30_000 }).catch(String);
    await Deno.writeTextFile(`${folder}/${file}`, typeof output === "string" ? output : output.stdout);
  }
  const script = `cd /; for file in $(find "$@" -type f -size -2000k ! -name '*.key' ! -name '*.pem' 2>/dev/null); do
  printf '%s\\0' "$file"; sed -E '${SECRET}' "$file" | tr -d '\\000'; printf '\\0'
done`;
  const places = [
    "var/log/pods",
    "etc/kubernetes",
    "etc/cni/net.d",
    "etc/systemd/system",
    "var/lib/kubelet/config.yaml",
  ];
  const kubelet = ["var/lib/kubelet/kubeadm-flags.env", "var/lib/kubelet/instance-config.yaml"];
  const output = await exec(["sh", "-c", script, "collect", ...places, ...kubelet], { check: false, timeout: 60_000 });
  const parts = output.stdout.split("\0");
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const path = `${folder}/files/${parts[index]}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, parts[index + 1] ?? "");
  }
}
