/**
 * Everything on a host that a cluster could leave behind, as lists of lines: to compare before and after.
 *
 * @module
 */

import type { Host } from "./host.ts";

/** Lines by what they are of: `files`, `mounts`, `links`, … */
export type Traces = ReadonlyMap<string, readonly string[]>;

/** What the container runtime and systemd keep for themselves. */
const PRUNED = [
  ..."/var/lib/containerd /run/containerd /run/systemd /run/udev /run/log /var/log/journal /var/log/wtmp".split(" "),
  ..."/run/utmp /run/lock /var/lib/systemd /run/dbus".split(" "),
];

/** Section -> shell script that prints its lines. */
const SECTIONS: Readonly<Record<string, string>> = {
  // A name, a kind, a mode, an owner, where a link leads; content of what people configure.
  files: `find /etc /opt /usr/local /var/lib /var/log /run /root /home /srv /tmp -xdev \\( ${
    PRUNED.map((path) => `-path ${path}`).join(" -o ")
  } \\) -prune -o -printf '%p %y %m %U:%G %l\\n'; find /etc /opt /root /srv -xdev -type f -exec sha256sum {} +`,
  mounts: `awk '{print $5, $4, $(NF-2)}' /proc/self/mountinfo | grep -v ' /run/containerd/'`,
  links: `ip -o link | awk -F': ' '{print $2}' | sed 's/@.*//'; ip -o address | awk '{print $2, $4}' | grep -v fe80`,
  // Link-local ones come and go with duplicate address detection.
  routes: `(ip route show table all; ip -6 route show table all; ip rule) | grep -v fe80`,
  "network namespaces": `ls /run/netns 2>/dev/null; lsns --noheadings --output NS --type net | wc -l`,
  "firewall rules": `for save in iptables-save ip6tables-save iptables-legacy-save ip6tables-legacy-save; do
      $save | grep -E '^(-A|:\\S+ -|:\\S+ DROP)' | sed "s/^/$save /"; done
    nft list tables | grep -vE 'table ip6? (filter|nat|mangle|raw|security)$'; nft list ruleset | grep -c inet; ipset list -name`,
  "control groups": `find /sys/fs/cgroup -type d`,
  processes: `ps -eo args --no-headers | grep -vE '^\\[|^ps -eo|^sh -euc|^grep|^\\(sd-pam|agetty|setpriv'`,
  units: `systemctl list-unit-files --state=enabled --no-legend; systemctl --failed --no-legend; ` +
    `systemctl show -p LoadState kubelet.service`,
  containers: `ctr -n k8s.io containers list -q; ctr -n k8s.io tasks list -q; ctr -n k8s.io snapshots list | wc -l`,
};

/** Services that systemd starts when somebody asks them something, and ends a while later; what kubectl keeps. */
const PASSING = /systemd-(timedated|hostnamed|localed|timesyncd)|\/tmp\/systemd-private|\/root\/\.kube(\/cache| )/;

/** Looks at a host. */
export async function traces(host: Host): Promise<Traces> {
  const found = new Map<string, readonly string[]>();
  for (const [name, script] of Object.entries(SECTIONS)) {
    const { stdout } = await host.exec(["sh", "-uc", script], { check: false });
    found.set(name, stdout.split("\n").filter((line) => line !== "" && !PASSING.test(line)).sort());
  }
  return found;
}

/** What is in one and not in the other, `+ files: /run/x f 644 0:0`, counting repetitions; lines that `passed` matches are left out. */
export function changedTraces(before: Traces, after: Traces, passed: readonly RegExp[] = []): string[] {
  const lines: string[] = [];
  for (const [name, now] of after) {
    const old = [...before.get(name) ?? []];
    for (const line of now) {
      const at = old.indexOf(line);
      if (at >= 0) old.splice(at, 1);
      else lines.push(`+ ${name}: ${line}`);
    }
    lines.push(...old.map((line) => `- ${name}: ${line}`));
  }
  return lines.filter((line) => !passed.some((pattern) => pattern.test(line)));
}
