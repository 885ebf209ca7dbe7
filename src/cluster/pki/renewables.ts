/**
 * The certificates whose time can be renewed, as data. Authorities are not: what they signed would lose its trust. Nor is
 * the kubelet's, which it renews itself.
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/certs/renewal/manager.go
 * @module
 */
import type { ClusterConfiguration } from "../../config/types.ts";
import { nearest } from "../../config/suggest.ts";
import { InvalidInput } from "../../errors.ts";
import { CERTIFICATES, type CertificateSpec, isWanted } from "./certificates.ts";
import { KUBECONFIGS, type KubeconfigSpec } from "./kubeconfigs.ts";

/** One certificate with a key of its own: a pair of files, or embedded in a kubeconfig. */
export type Renewable =
  & {
    /** As users type it: `etcd-server`, `admin.conf`. */
    readonly name: string;
    /** Name of its authority. */
    readonly issuer: string;
    /** Static pods that have to be restarted before they use a new one. */
    readonly usedBy: readonly string[];
  }
  & ({ readonly kind: "pair"; readonly spec: CertificateSpec } | {
    readonly kind: "kubeconfig";
    readonly spec: KubeconfigSpec;
  });

/** Who reads what at its start; what is not here is read by nobody who goes on running. */
const USED_BY: Readonly<Record<string, readonly string[]>> = {
  "apiserver": ["kube-apiserver"],
  "apiserver-kubelet-client": ["kube-apiserver"],
  "apiserver-etcd-client": ["kube-apiserver"],
  "front-proxy-client": ["kube-apiserver"],
  "etcd-server": ["etcd"],
  "etcd-peer": ["etcd"],
  "controller-manager.conf": ["kube-controller-manager"],
  "scheduler.conf": ["kube-scheduler"],
};

/** All of them, by name, as kubeadm orders them. */
export const RENEWABLES: readonly Renewable[] = [
  ...CERTIFICATES.flatMap((spec) =>
    spec.issuer === undefined ? [] : [{ name: spec.name, issuer: spec.issuer, kind: "pair" as const, spec }]
  ),
  ...KUBECONFIGS.filter(({ name }) => name !== "kubelet").map((spec) => ({
    name: spec.path.slice(spec.path.lastIndexOf("/") + 1),
    issuer: "ca",
    kind: "kubeconfig" as const,
    spec,
  })),
].map((entry) => ({ ...entry, usedBy: USED_BY[entry.name] ?? [] }))
  .sort((a, b) => a.name < b.name ? -1 : 1);

/** Those that a cluster has. */
export function renewablesOf(cluster: ClusterConfiguration): Renewable[] {
  return RENEWABLES.filter((entry) => entry.kind === "kubeconfig" || isWanted(entry.spec, { cluster }));
}

/** The authorities that a cluster has, by name. */
export function authoritiesOf(cluster: ClusterConfiguration): CertificateSpec[] {
  return CERTIFICATES.filter((spec) => spec.issuer === undefined && isWanted(spec, { cluster }))
    .sort((a, b) => a.name < b.name ? -1 : 1);
}

/**
 * What names on the command line stand for; `all` is every one.
 * @throws {InvalidInput} when there is none, or one that the cluster does not have.
 */
export function selectRenewables(names: readonly string[], cluster: ClusterConfiguration): Renewable[] {
  const known = renewablesOf(cluster);
  const hint = `Names are all, ${known.map(({ name }) => name).join(", ")}.`;
  const unknown = names.filter((name) => name !== "all" && !known.some((entry) => entry.name === name));
  if (names.length > 0 && unknown.length === 0) {
    return names.includes("all") ? known : known.filter(({ name }) => names.includes(name));
  }
  const problems = unknown.map((name) => {
    const meant = nearest(name, known.map((entry) => entry.name));
    return {
      where: "NAME",
      what: `there is no certificate "${name}" in this cluster${meant ? `; did you mean ${meant}?` : ""}`,
    };
  });
  throw new InvalidInput(
    "Cannot renew certificates:",
    problems.length > 0 ? problems : [{ where: "NAME", what: "name one or more, or all" }],
    { hint },
  );
}
