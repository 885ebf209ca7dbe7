/**
 * Which field each command line flag overrides, and which flags may stand beside `--config`.
 * @module
 */
import { InvalidInput } from "../errors.ts";
import { parseBoolean } from "./flag_values.ts";
import type { Report } from "./schema.ts";
import type { InitOverrides, JoinOverrides, ResetOverrides } from "./types.ts";

/** A flag and the fields that it sets. */
export interface FlagField<Overrides> {
  key: keyof Overrides & string;
  /** As users type it; for an argument, as help shows it. */
  flag: string;
  /** `ClusterConfiguration.networking.podSubnet`; the first that fits names the flag in messages. */
  paths: readonly string[];
  /** Values are added to those of the file, instead of replacing them. */
  adds?: true;
  /** Turns the flag's text into the field's value; undefined when it cannot. */
  read?(text: string): unknown;
}

/** Reads `A=true,B=false` as kubeadm does: spaces around names and values, and empty parts, do not count. */
function readFeatureGates(text: string): unknown {
  const pairs = text.split(",").filter(Boolean).map((part) => {
    const at = part.indexOf("=");
    return [part.slice(0, at).trim(), at < 1 ? undefined : parseBoolean(part.slice(at + 1).trim())] as const;
  });
  return pairs.every(([name, value]) => name !== "" && value !== undefined) ? Object.fromEntries(pairs) : undefined;
}

/** The flags that `init` and `join` have in common, for the kind of either. */
function commonFlags(kind: string): FlagField<InitOverrides & JoinOverrides>[] {
  return [
    { key: "criSocket", flag: "--cri-socket", paths: [`${kind}.nodeRegistration.criSocket`] },
    { key: "nodeName", flag: "--node-name", paths: [`${kind}.nodeRegistration.name`] },
    { key: "patchesDirectory", flag: "--patches", paths: [`${kind}.patches.directory`] },
    { key: "skipPhases", flag: "--skip-phases", paths: [`${kind}.skipPhases`] },
    {
      key: "ignorePreflightErrors",
      flag: "--ignore-preflight-errors",
      paths: [`${kind}.nodeRegistration.ignorePreflightErrors`],
      adds: true,
    },
    { key: "dryRun", flag: "--dry-run", paths: [`${kind}.dryRun`] },
  ];
}

/** The flags of `init`. */
export const INIT_FLAGS: readonly FlagField<InitOverrides>[] = [
  { key: "kubernetesVersion", flag: "--kubernetes-version", paths: ["ClusterConfiguration.kubernetesVersion"] },
  {
    key: "advertiseAddress",
    flag: "--apiserver-advertise-address",
    paths: ["InitConfiguration.localAPIEndpoint.advertiseAddress"],
  },
  { key: "bindPort", flag: "--apiserver-bind-port", paths: ["InitConfiguration.localAPIEndpoint.bindPort"] },
  { key: "certSANs", flag: "--apiserver-cert-extra-sans", paths: ["ClusterConfiguration.apiServer.certSANs"] },
  {
    key: "controlPlaneEndpoint",
    flag: "--control-plane-endpoint",
    paths: ["ClusterConfiguration.controlPlaneEndpoint"],
  },
  { key: "podSubnet", flag: "--pod-network-cidr", paths: ["ClusterConfiguration.networking.podSubnet"] },
  { key: "serviceSubnet", flag: "--service-cidr", paths: ["ClusterConfiguration.networking.serviceSubnet"] },
  { key: "dnsDomain", flag: "--service-dns-domain", paths: ["ClusterConfiguration.networking.dnsDomain"] },
  { key: "imageRepository", flag: "--image-repository", paths: ["ClusterConfiguration.imageRepository"] },
  { key: "certificatesDir", flag: "--cert-dir", paths: ["ClusterConfiguration.certificatesDir"] },
  { key: "token", flag: "--token", paths: ["InitConfiguration.bootstrapTokens[0].token"] },
  { key: "tokenTTL", flag: "--token-ttl", paths: ["InitConfiguration.bootstrapTokens[0].ttl"] },
  {
    key: "featureGates",
    flag: "--feature-gates",
    paths: ["ClusterConfiguration.featureGates"],
    read: readFeatureGates,
  },
  { key: "certificateKey", flag: "--certificate-key", paths: ["InitConfiguration.certificateKey"] },
  ...commonFlags("InitConfiguration"),
];

const BY_TOKEN = "JoinConfiguration.discovery.bootstrapToken";
const CONTROL_PLANE = "JoinConfiguration.controlPlane";

/** The flags of `join`. The order matters: what comes later wins, the special tokens over the common one. */
export const JOIN_FLAGS: readonly FlagField<JoinOverrides>[] = [
  { key: "discoveryFile", flag: "--discovery-file", paths: ["JoinConfiguration.discovery.file.kubeConfigPath"] },
  { key: "apiServerEndpoint", flag: "HOST[:PORT]", paths: [`${BY_TOKEN}.apiServerEndpoint`] },
  { key: "token", flag: "--token", paths: [`${BY_TOKEN}.token`, "JoinConfiguration.discovery.tlsBootstrapToken"] },
  { key: "discoveryToken", flag: "--discovery-token", paths: [`${BY_TOKEN}.token`] },
  { key: "tlsBootstrapToken", flag: "--tls-bootstrap-token", paths: ["JoinConfiguration.discovery.tlsBootstrapToken"] },
  { key: "caCertHashes", flag: "--discovery-token-ca-cert-hash", paths: [`${BY_TOKEN}.caCertHashes`] },
  {
    key: "unsafeSkipCAVerification",
    flag: "--discovery-token-unsafe-skip-ca-verification",
    paths: [`${BY_TOKEN}.unsafeSkipCAVerification`],
  },
  {
    key: "advertiseAddress",
    flag: "--apiserver-advertise-address",
    paths: [`${CONTROL_PLANE}.localAPIEndpoint.advertiseAddress`],
  },
  { key: "bindPort", flag: "--apiserver-bind-port", paths: [`${CONTROL_PLANE}.localAPIEndpoint.bindPort`] },
  { key: "certificateKey", flag: "--certificate-key", paths: [`${CONTROL_PLANE}.certificateKey`] },
  ...commonFlags("JoinConfiguration"),
];

/** The flags of `reset`. */
export const RESET_FLAGS: readonly FlagField<ResetOverrides>[] = [
  { key: "certificatesDir", flag: "--cert-dir", paths: ["ResetConfiguration.certificatesDir"] },
  { key: "cleanupTmpDir", flag: "--cleanup-tmp-dir", paths: ["ResetConfiguration.cleanupTmpDir"] },
  { key: "criSocket", flag: "--cri-socket", paths: ["ResetConfiguration.criSocket"] },
  { key: "force", flag: "--force", paths: ["ResetConfiguration.force"] },
  {
    key: "ignorePreflightErrors",
    flag: "--ignore-preflight-errors",
    paths: ["ResetConfiguration.ignorePreflightErrors"],
    adds: true,
  },
  { key: "skipPhases", flag: "--skip-phases", paths: ["ResetConfiguration.skipPhases"] },
  { key: "dryRun", flag: "--dry-run", paths: ["ResetConfiguration.dryRun"] },
];

/** Documents by kind. */
export type Documents = Record<string, Record<string, unknown>>;

/** Sets the value at a path such as `Kind.list[0].field`, making what is missing on the way. */
function setAt(documents: Documents, path: string, value: unknown, adds: boolean): void {
  const steps = path.match(/[^.[\]]+/g)!;
  const last = steps.pop()!;
  let place: Record<string, unknown> = documents;
  steps.forEach((step, i) => {
    place[step] ??= /^\d+$/.test(steps[i + 1] ?? last) ? [] : {};
    place = place[step] as Record<string, unknown>;
  });
  place[last] = adds && Array.isArray(place[last]) ? [...place[last], ...value as unknown[]] : value;
}

/** Puts the flags' values into the documents. Returns which flag each path now comes from. */
export function applyOverrides<Overrides extends object>(
  documents: Documents,
  overrides: Overrides,
  flags: readonly FlagField<Overrides>[],
  report: Report,
): Map<string, string> {
  const origins = new Map<string, string>();
  for (const { key, flag, paths, adds = false, read } of flags) {
    const given = overrides[key];
    if (given === undefined) continue;
    const value = read ? read(String(given)) : structuredClone(given);
    for (const path of paths) {
      origins.set(path, flag);
      if (value !== undefined) setAt(documents, path, value, adds);
      else report(path, `"${given}" is not of the form Name=true,Other=false`);
    }
  }
  return origins;
}

/** Names the flag that a path comes from, or that would set it when there is no file; else the path itself. */
export function placeIn<Overrides>(
  origins: ReadonlyMap<string, string>,
  flags: readonly FlagField<Overrides>[],
  hasFile: boolean,
): (path: string) => string {
  const all = new Map(flags.flatMap(({ flag, paths }) => paths.map((path) => [path, flag] as const)).reverse());
  return (path) => {
    for (let outer = path; outer !== ""; outer = outer.replace(/[.[]?[^.[]*$/, "")) {
      const flag = origins.get(outer) ?? (hasFile ? undefined : all.get(outer));
      if (flag !== undefined) return flag;
    }
    return path;
  };
}

/** Flags that may stand beside `--config`, for they have no field or are meant to differ from run to run. */
const BESIDE_CONFIG: ReadonlySet<string> = new Set([
  ...["config", "ignore-preflight-errors", "dry-run", "kubeconfig", "node-name", "kubeconfig-dir", "upload-certs"],
  ...["print-manifest", "output", "show-managed-fields", "allow-missing-template-keys", "print-join-command", "rootfs"],
  ...["v", "vmodule", "log-file", "yes"],
  // Ours, without a field of their own, or to keep a secret out of the file.
  ...["cni", "token-file", "certificate-key-file", "verbose", "help"],
]);

/**
 * Refuses flags that say the same as a configuration file: kubeadm's rule.
 * @param given names of the flags on the command line, with or without dashes in front.
 * @throws {InvalidInput} naming every flag that may not stand beside `--config`.
 */
export function checkMixedFlags(given: readonly string[]): void {
  const names = given.map((name) => name.replace(/^--?/, ""));
  if (!names.includes("config")) return;
  const problems = names.filter((name) => !BESIDE_CONFIG.has(name) && !name.startsWith("skip-"))
    .map((name) => ({ where: `--${name}`, what: "cannot be given together with --config; write it into the file" }));
  if (problems.length > 0) throw new InvalidInput("Cannot mix --config with flags that it has fields for:", problems);
}
