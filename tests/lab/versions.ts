/**
 * What the lab's hosts run, and from which pinned modules it is built.
 *
 * @module
 */

/** One program: the Go package it is built from and the name its binary gets. */
export interface Program {
  name: string;
  package: string;
}

/** One upstream project at one version: the unit that is built, downloaded and cached. */
export interface Component {
  name: string;
  /** As upstream writes it, with its `v`. */
  version: string;
  /** Folder below `modules/` with the pinned go.mod and go.sum. */
  module: string;
  programs: readonly Program[];
  /** Go variables set by the linker, `path.Name` to value. */
  variables?: Readonly<Record<string, string>>;
  tags?: readonly string[];
  /** Built with a C compiler and linked statically (flannel's amd64 udp back end is C). */
  cgo?: boolean;
}

/** The versions that belong to one minor release of Kubernetes; etcd and pause are what its kubeadm asks for. */
export interface Release {
  kubernetes: string;
  etcd: string;
  /** Tag of etcd's image: kubeadm's name for it has a build number. */
  etcdTag: string;
  pause: string;
}

/** The releases that can be built, by the value of KUBEWRIGHT_LAB_KUBERNETES. */
export const RELEASES: Readonly<Record<string, Release>> = {
  "1.37": { kubernetes: "v1.37.2", etcd: "v3.7.0", etcdTag: "3.7.0-0", pause: "3.10.2" },
  "1.36": { kubernetes: "v1.36.3", etcd: "v3.6.8", etcdTag: "3.6.8-0", pause: "3.10.2" },
};

export const COREDNS = "v1.14.6";
export const CONTAINERD = "v2.3.7";
export const FLANNEL = "v0.28.10";
/** Tag of the image with the flannel CNI plugin that flannel's own manifest names. */
export const FLANNEL_CNI = "v1.9.1-flannel3";
/** The release of containernetworking/plugins whose meta/flannel the plugin is built from; see README.md. */
export const CNI_PLUGINS = "v0.9.1";

/** The minor release in use: KUBEWRIGHT_LAB_KUBERNETES, 1.37 by default. Throws when there is none such. */
export function minor(): string {
  const wanted = Deno.env.get("KUBEWRIGHT_LAB_KUBERNETES") || "1.37";
  if (!(wanted in RELEASES)) {
    throw new Error(
      `Cannot use KUBEWRIGHT_LAB_KUBERNETES "${wanted}": the lab has ${Object.keys(RELEASES).join(" and ")}`,
    );
  }
  return wanted;
}

/** The versions of a minor release, by default the one in use. */
export function release(of: string = minor()): Release {
  const found = RELEASES[of];
  if (found === undefined) throw new Error(`Cannot use Kubernetes "${of}": the lab does not know it`);
  return found;
}

/** Kubernetes of a minor release: every program the lab knows, kubeadm (the peer) included. */
export function kubernetes(of: string = minor()): Component {
  const { kubernetes: version } = release(of);
  const variables: Record<string, string> = {};
  const [major = "", minorNumber = ""] = version.slice(1).split(".");
  for (const path of ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"]) {
    variables[`${path}.gitVersion`] = version;
    variables[`${path}.gitMajor`] = major;
    variables[`${path}.gitMinor`] = minorNumber;
    variables[`${path}.gitTreeState`] = "clean";
    variables[`${path}.gitCommit`] = "0".repeat(40);
    variables[`${path}.buildDate`] = "1970-01-01T00:00:00Z";
  }
  const names = [
    "kubelet",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    "kubectl",
    "kubeadm",
  ];
  const programs = names.map((name) => ({ name, package: `k8s.io/kubernetes/cmd/${name}` }));
  return { name: "kubernetes", version, module: `kubernetes-${of}`, programs, variables };
}

/** The other projects, for a minor release of Kubernetes. */
export function companions(of: string = minor()): Component[] {
  const etcd = release(of).etcd;
  return [
    {
      name: "etcd",
      version: etcd,
      module: `etcd-${etcd.slice(1).split(".").slice(0, 2).join(".")}`,
      programs: [
        { name: "etcd", package: "go.etcd.io/etcd/server/v3" },
        { name: "etcdctl", package: "go.etcd.io/etcd/etcdctl/v3" },
        { name: "etcdutl", package: "go.etcd.io/etcd/etcdutl/v3" },
      ],
    },
    {
      name: "coredns",
      version: COREDNS,
      module: "coredns",
      programs: [{ name: "coredns", package: "github.com/coredns/coredns" }],
    },
    {
      name: "containerd",
      version: CONTAINERD,
      module: "containerd",
      programs: ["containerd", "containerd-shim-runc-v2", "ctr"].map((name) => ({
        name,
        package: `github.com/containerd/containerd/v2/cmd/${name}`,
      })),
      variables: { "github.com/containerd/containerd/v2/version.Version": CONTAINERD },
      tags: ["no_btrfs", "no_devmapper", "no_zfs"],
    },
    {
      name: "flannel",
      version: FLANNEL,
      module: "flannel",
      programs: [
        { name: "flanneld", package: "github.com/flannel-io/flannel" },
        { name: "install-conf", package: "github.com/flannel-io/flannel/cmd/install_conf" },
      ],
      variables: { "github.com/flannel-io/flannel/pkg/version.Version": FLANNEL },
      tags: ["netgo", "osusergo"],
      cgo: true,
    },
    {
      name: "flannel-cni",
      version: CNI_PLUGINS,
      module: "flannel-cni",
      programs: [{ name: "flannel", package: "github.com/containernetworking/plugins/plugins/meta/flannel" }],
    },
    ...["pause", "fetch"].map((name) => ({
      name,
      version: "v1",
      module: name,
      programs: [{ name, package: `kubewright.lab/${name}` }],
    })),
  ];
}
