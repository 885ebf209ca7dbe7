/**
 * The certificates that can be renewed, as data. Authorities cannot: certificates that they signed would become invalid. The
 * kubelet renews its own certificate.
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/certs/renewal/manager.go
 * @module
 */
import type { ClusterConfiguration } from "../../config/types.ts";
import { required, unknown } from "../../config/wording.ts";
import { InvalidInput } from "../../errors.ts";
import { CERTIFICATES, type CertificateSpec, isWanted } from "./certificates.ts";
import { KUBECONFIGS, type KubeconfigSpec } from "./kubeconfigs.ts";

/** One certificate with a key of its own: a pair of files, or embedded in a kubeconfig. */
export type Renewable =
  & {
    /** Its name on the command line: `etcd-server`, `admin.conf`. */
    readonly name: string;
    /** Name of its authority. */
    readonly issuer: string;
    /** Static pods that must be restarted to use a new certificate. */
    readonly usedBy: readonly string[];
  }
  & ({ readonly kind: "pair"; readonly spec: CertificateSpec } | {
    readonly kind: "kubeconfig";
    readonly spec: KubeconfigSpec;
  });

/** The static pods that read a certificate at their start; long-running programs read no others. */
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
 * The certificates of names on the command line; `all` means every certificate.
 * @throws {InvalidInput} without names, or for a name that the cluster does not have.
 */
export function selectRenewables(names: readonly string[], cluster: ClusterConfiguration): Renewable[] {
  const known = renewablesOf(cluster);
  const hint = `Valid names: all, ${known.map(({ name }) => name).join(", ")}.`;
  const missing = names.filter((name) => name !== "all" && !known.some((entry) => entry.name === name));
  if (names.length > 0 && missing.length === 0) {
    return names.includes("all") ? known : known.filter(({ name }) => names.includes(name));
  }
  const problems = missing.map((name) => ({
    where: "NAME",
    what: unknown("certificate", name, known.map((entry) => entry.name)),
  }));
  throw new InvalidInput(
    "Cannot renew certificates:",
    problems.length > 0
      ? problems
      : [{ where: "NAME", what: `${required()}: one or more names of certificates, or all` }],
    { hint },
  );
}
