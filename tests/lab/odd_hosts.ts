/**
 * Hosts that are odd, one thing each: what the program says of them in a dry run, and where real kubeadm answers the same
 * question.
 *
 * @module
 */

import { PROGRAM } from "./kubewright.ts";
import { SOCKET } from "./unfit.ts";

/** A configuration without a CRI socket and without an address: what the host has is found out. */
export const OPEN_CONFIG = "/root/open.yaml";

/** A host made odd, and how a run on it ends. */
export interface OddHost {
  name: string;
  /** Shell scripts that make it so and take it back; `$ADDRESS`, `$GATEWAY` and `$PROGRAM` are set. */
  begin: string;
  end: string;
  /** The command; without it a dry run of `init`. */
  run?: string;
  code: number;
  says?: readonly (string | RegExp)[];
  not?: readonly (string | RegExp)[];
}

const DRY = `${PROGRAM} init --config ${OPEN_CONFIG} --dry-run`;
const MANIFESTS = "/etc/kubernetes/manifests";
const UNITS = "/etc/systemd/system";
const SKIP = "To skip";
const STALE = "/var/run/crio/crio.sock";
const SECOND = "/var/run/cri-dockerd.sock";
const POD = "kind: Pod\\napiVersion: v1\\nmetadata: {name: kube-apiserver, namespace: kube-system}\\n";
const stale = `mkdir -p /var/run/crio; socat UNIX-LISTEN:${STALE} - & sleep 0.5; kill -9 $!; test -S ${STALE}`;
const second = "systemd-run --quiet --collect --unit second socat " +
  `UNIX-LISTEN:${SECOND},fork UNIX-CONNECT:${SOCKET}; sleep 0.5; test -S ${SECOND}`;
const dropIn = (name: string, text: string) => ({
  begin:
    `mkdir -p ${UNITS}/kubelet.service.d; printf '${text}' >${UNITS}/kubelet.service.d/${name}; systemctl daemon-reload`,
  end: `rm -r ${UNITS}/kubelet.service.d; systemctl daemon-reload`,
});
const extraArgs = (text: string) => ({
  begin: `printf 'KUBELET_EXTRA_ARGS=${text}\\n' >/etc/default/kubelet`,
  end: "rm /etc/default/kubelet",
});
const named = (length: number) => `$(printf 'n%.0s' $(seq 1 ${length}))`;

/** A kubelet identity that another cluster's authority of the same name signed. */
const IDENTITY = "mkdir -p /var/lib/kubelet/pki; cd /var/lib/kubelet/pki; " +
  "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=kubernetes -days 30 -keyout /root/o.key -out /root/o.crt 2>/dev/null; " +
  'openssl req -newkey rsa:2048 -nodes -subj "/O=system:nodes/CN=system:node:$(hostname)" -keyout k -out r 2>/dev/null; ' +
  "openssl x509 -req -in r -CA /root/o.crt -CAkey /root/o.key -out c -days 30 2>/dev/null; cat c k >kubelet-client-1.pem; " +
  "rm c k r; ln -s kubelet-client-1.pem kubelet-client-current.pem";

/** In the order in which they are tried. */
export const ODD_HOSTS: readonly OddHost[] = [
  { name: "nothing odd", begin: "", end: "", code: 0 },
  { name: "PATH without sbin", begin: "", end: "", run: `env -i HOME=/root PATH=/usr/bin:/bin ${DRY}`, code: 0 },
  { name: "neither PATH nor HOME", begin: "", end: "", run: `env -i ${DRY}`, code: 0 },
  { name: "a PATH that leads nowhere", begin: "", end: "", run: `env -i PATH=/nonexistent ${DRY}`, code: 0 },
  { name: "an empty PATH", begin: "", end: "", run: `env -i PATH= ${DRY}`, code: 0 },
  { name: "umask 077", begin: "", end: "", run: `umask 077; ${DRY}`, code: 0 },
  {
    name: "a stale socket beside a live one",
    begin: stale,
    end: `rm ${STALE}`,
    code: 0,
    not: ["several"],
  },
  {
    name: "only a stale socket of CRI-O",
    begin: `systemctl stop containerd; rm -f ${SOCKET}; ${stale}`,
    end: `rm ${STALE}; systemctl start containerd`,
    code: 2,
    says: ["CRI", STALE, "systemctl restart crio"],
    not: [SKIP, "restart containerd"],
  },
  {
    name: "two live runtimes",
    begin: second,
    end: `systemctl stop second; rm -f ${SECOND}`,
    code: 3,
    says: ["several container runtimes answer", SOCKET, SECOND, "--cri-socket="],
  },
  {
    name: "two live runtimes, images are listed",
    begin: second,
    end: `systemctl stop second; rm -f ${SECOND}`,
    run: `${PROGRAM} config images list --config ${OPEN_CONFIG}`,
    code: 0,
    says: ["kube-apiserver:"],
  },
  {
    name: "two live runtimes, certificates are made",
    begin: second,
    end: `systemctl stop second; rm -rf ${SECOND} /root/some-pki`,
    run: `${PROGRAM} init phase certs ca --cert-dir /root/some-pki`,
    code: 0,
  },
  {
    name: "two live runtimes, and a choice",
    begin: second,
    end: `systemctl stop second; rm -f ${SECOND}`,
    run: `${PROGRAM} init --kubernetes-version v1.37.2 --cri-socket unix://${SOCKET} --dry-run ` +
      "--ignore-preflight-errors=SystemVerification,Swap",
    code: 0,
  },
  {
    name: "the runtime is down",
    begin: "systemctl stop containerd",
    end: "systemctl start containerd",
    code: 2,
    says: ["CRI", /systemctl (re)?start containerd/],
    not: [SKIP],
  },
  {
    name: "a drop-in as for etcd with high availability",
    ...dropIn(
      "20-etcd-service-manager.conf",
      "[Service]\\nExecStart=\\nExecStart=/usr/bin/kubelet --config=/etc/systemd/system/kubelet.service.d/kubelet.conf\\n",
    ),
    code: 2,
    says: ["KubeletUnit", "20-etcd-service-manager.conf", "--config=/var/lib/kubelet/config.yaml"],
    not: [SKIP],
  },
  {
    name: "a 10-kubeadm.conf without a unit",
    ...dropIn("10-kubeadm.conf", "[Service]\\nEnvironment=MINE=1\\n"),
    code: 2,
    says: ["KubeletUnit", "10-kubeadm.conf"],
  },
  {
    name: "a drop-in that adds something",
    ...dropIn("30-mine.conf", "[Service]\\nEnvironment=MINE=1\\nCPUAccounting=yes\\n"),
    code: 0,
  },
  {
    name: "a flag that the kubelet does not know",
    ...extraArgs("--network-plugin=cni"),
    code: 2,
    says: ["KubeletFlags", "/etc/default/kubelet", "unknown flag: --network-plugin"],
    not: [SKIP],
  },
  {
    name: "static pods elsewhere",
    ...extraArgs("--pod-manifest-path=/root/pods"),
    code: 2,
    says: ["KubeletFlags", "--pod-manifest-path=/root/pods", '"/etc/kubernetes/manifests"'],
    not: [SKIP],
  },
  { name: "flags that the kubelet knows", ...extraArgs('"--v=3 --node-labels=a=b"'), code: 0 },
  {
    name: "a flag that leads the kubelet elsewhere",
    ...extraArgs("--kubeconfig=/root/other.conf"),
    code: 2,
    says: ["KubeletUnit", "/etc/default/kubelet", "--kubeconfig=/root/other.conf"],
  },
  {
    name: "a CNI configuration that comes first",
    begin: "mkdir -p /etc/cni/net.d; echo '{}' >/etc/cni/net.d/10-calico.conflist",
    end: "rm /etc/cni/net.d/10-calico.conflist",
    code: 0,
    says: [/warning: CNIConfiguration: .*10-calico\.conflist/],
  },
  {
    name: "a bridge of another pod network",
    begin: "ip link add cni0 type bridge; ip address add 10.22.0.1/16 dev cni0; ip link set cni0 up",
    end: "ip link delete cni0",
    code: 0,
    says: [/warning: CNILinks: .*10\.22\.0\.1/, "ip link delete cni0"],
  },
  {
    name: "a copy of a manifest",
    begin: `mkdir -p ${MANIFESTS}; printf '${POD}' >${MANIFESTS}/kube-apiserver.yaml.bak`,
    end: "rm -r /etc/kubernetes",
    code: 2,
    says: [
      "DirAvailable--etc-kubernetes-manifests",
      "kube-apiserver.yaml.bak",
      `mv -i ${MANIFESTS}/kube-apiserver.yaml.bak`,
    ],
  },
  {
    name: "a hidden copy of a manifest, and one in a folder",
    begin: `mkdir -p ${MANIFESTS}/old; printf '${POD}' | tee ${MANIFESTS}/.x.swp >${MANIFESTS}/old/kube-apiserver.yaml`,
    end: "rm -r /etc/kubernetes",
    code: 0,
  },
  {
    name: "the identity of a kubelet in another cluster",
    begin: IDENTITY,
    end: "rm -r /var/lib/kubelet/pki /root/o.key /root/o.crt",
    code: 2,
    says: ["KubeletIdentity", "another cluster", "rm /var/lib/kubelet/pki/kubelet-client-current.pem"],
    not: [SKIP],
  },
  {
    name: "state of a kubelet with another policy",
    begin: `mkdir -p /var/lib/kubelet; echo '{"policyName":"static","defaultCpuSet":"0","checksum":1}' ` +
      ">/var/lib/kubelet/cpu_manager_state",
    end: "rm /var/lib/kubelet/cpu_manager_state",
    code: 2,
    says: ["KubeletState", "rm /var/lib/kubelet/cpu_manager_state"],
  },
  {
    name: "a node name of 63 characters",
    begin: "",
    end: "",
    run: `${DRY.replace("--config " + OPEN_CONFIG, "")} --kubernetes-version v1.37.2 --node-name ${named(63)} ` +
      "--ignore-preflight-errors=SystemVerification,Swap",
    code: 0,
  },
  {
    name: "a node name of 64 characters, to join",
    begin: "",
    end: "",
    run:
      `${PROGRAM} join $ADDRESS:6443 --token abcdef.0123456789abcdef --discovery-token-unsafe-skip-ca-verification ` +
      `--node-name ${named(64)} --ignore-preflight-errors=SystemVerification,Swap`,
    code: 2,
    says: ["Hostname", "64 characters"],
    not: [SKIP],
  },
  {
    name: "no default route",
    begin: "ip route delete default",
    end: "ip route add default via $GATEWAY",
    code: 3,
    says: ["no default route", "--apiserver-advertise-address"],
  },
];

/** A default route, or several, and what kubeadm and kubewright make of it: the same address. */
export interface Routing {
  name: string;
  begin: string;
  end: string;
  /** `--apiserver-advertise-address`. */
  asked?: string;
  /** The address that both choose. */
  address: string;
  /** Network of Services, where they are not of IPv4. */
  services?: string;
}

const OTHER = "ip link add other type bridge; ip address add 198.51.100.7/24 dev other; ip link set other up; ";
const back = "ip route flush default; ip route add default via $GATEWAY";

/** In the order in which they are tried; `$ADDRESS` is the host's own. */
export const ROUTINGS: readonly Routing[] = [
  { name: "one default route", begin: "", end: "", address: "$ADDRESS" },
  { name: "all addresses are asked for", begin: "", end: "", asked: "0.0.0.0", address: "$ADDRESS" },
  {
    name: "two default routes, the other one is preferred",
    begin: `${OTHER} ip route delete default; ip route add default via $GATEWAY metric 200; ` +
      "ip route add default via 198.51.100.1 dev other metric 100",
    end: `ip link delete other; ${back}`,
    address: "198.51.100.7",
  },
  {
    name: "two default routes, the own one is preferred",
    begin: `${OTHER} ip route add default via 198.51.100.1 dev other metric 100`,
    end: "ip link delete other",
    address: "$ADDRESS",
  },
  {
    name: "half of all addresses through a tunnel",
    begin: `${OTHER} ip route add 0.0.0.0/1 via 198.51.100.1 dev other`,
    end: "ip link delete other",
    address: "198.51.100.7",
  },
  {
    name: "the address on lo (RFC 5549)",
    begin: "ip address delete $ADDRESS/24 dev host0; ip address add 203.0.113.9/32 dev lo; " +
      "ip address add 169.254.9.9/24 dev host0; ip route add default via 169.254.9.1 dev host0",
    end: "ip address delete 169.254.9.9/24 dev host0; ip address delete 203.0.113.9/32 dev lo; " +
      `ip address add $ADDRESS/24 dev host0; ${back}`,
    address: "203.0.113.9",
  },
  {
    name: "a loopback address is asked for, and lo has a global one",
    begin: "ip address add 203.0.113.9/32 dev lo",
    end: "ip address delete 203.0.113.9/32 dev lo",
    asked: "127.0.0.1",
    address: "203.0.113.9",
  },
  {
    name: "IPv6 only",
    begin: "ip address delete $ADDRESS/24 dev host0; ip -6 address add 2001:db8::5/64 dev host0 nodad; " +
      "ip -6 route add default via 2001:db8::1 dev host0",
    end: "ip -6 route delete default; ip -6 address delete 2001:db8::5/64 dev host0; " +
      `ip address add $ADDRESS/24 dev host0; ${back}`,
    address: "2001:db8::5",
    services: "fd00:10::/112",
  },
];

/** Names of the host, and what both programs call the node then; undefined: both refuse. */
export const NAMES: readonly (readonly [string, string | undefined])[] = [
  ["node.example.org", "node.example.org"],
  ["Node-1.Example", "node-1.example"],
  ["n".repeat(53), "n".repeat(53)],
  [`${"n".repeat(58)}.exam`, `${"n".repeat(58)}.exam`],
  ["under_score", undefined],
  ["-dash", undefined],
];
