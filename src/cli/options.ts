/**
 * From a parsed command line to what the commands take: flags under kubeadm's names become fields.
 * @module
 */
import { decodeText } from "../config/encoding.ts";
import { InvalidInput } from "../errors.ts";
import type { InitOverrides, JoinOverrides, ResetOverrides } from "../config/types.ts";
import type { Parsed } from "./parse.ts";

/** The record without its undefined values. */
function given<T extends Record<string, unknown>>(values: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

/** Fields that `init` takes from flags. */
export function initOverrides(
  parsed: Parsed,
  token: string | undefined,
  certificateKey: string | undefined,
): InitOverrides {
  return given<InitOverrides & Record<string, unknown>>({
    kubernetesVersion: parsed.text("kubernetes-version"),
    advertiseAddress: parsed.text("apiserver-advertise-address"),
    bindPort: parsed.number("apiserver-bind-port"),
    certSANs: parsed.list("apiserver-cert-extra-sans"),
    controlPlaneEndpoint: parsed.text("control-plane-endpoint"),
    podSubnet: parsed.text("pod-network-cidr"),
    serviceSubnet: parsed.text("service-cidr"),
    dnsDomain: parsed.text("service-dns-domain"),
    imageRepository: parsed.text("image-repository"),
    certificatesDir: parsed.text("cert-dir"),
    criSocket: parsed.text("cri-socket"),
    nodeName: parsed.text("node-name"),
    patchesDirectory: parsed.text("patches"),
    token,
    certificateKey,
    tokenTTL: parsed.text("token-ttl"),
    featureGates: parsed.text("feature-gates"),
    skipPhases: parsed.list("skip-phases"),
    ignorePreflightErrors: parsed.list("ignore-preflight-errors"),
    dryRun: parsed.switch("dry-run"),
  });
}

/**
 * The operands of `init phase`, `join phase` and `join`: the words of a phase's path, and HOST:PORT. Phases have neither
 * dots nor colons in their names, so that beside a phase a host without a port needs a dot.
 */
export function operandsOf({ command, operands }: Parsed): { phase?: readonly string[]; endpoint: string | undefined } {
  if (!command.name.endsWith(" phase")) return { endpoint: operands[0] };
  const isEndpoint = (word: string) => /[.:]/.test(word);
  return { phase: operands.filter((word) => !isEndpoint(word)), endpoint: operands.find(isEndpoint) };
}

/** Fields that `join` takes from flags and its operand. */
export function joinOverrides(
  parsed: Parsed,
  token: string | undefined,
  certificateKey: string | undefined,
): JoinOverrides {
  return given<JoinOverrides & Record<string, unknown>>({
    apiServerEndpoint: operandsOf(parsed).endpoint,
    token,
    controlPlane: parsed.switch("control-plane") || undefined,
    advertiseAddress: parsed.text("apiserver-advertise-address"),
    bindPort: parsed.number("apiserver-bind-port"),
    certificateKey,
    discoveryFile: parsed.text("discovery-file"),
    discoveryToken: parsed.text("discovery-token"),
    tlsBootstrapToken: parsed.text("tls-bootstrap-token"),
    caCertHashes: parsed.list("discovery-token-ca-cert-hash"),
    unsafeSkipCAVerification: parsed.switch("discovery-token-unsafe-skip-ca-verification"),
    criSocket: parsed.text("cri-socket"),
    nodeName: parsed.text("node-name"),
    patchesDirectory: parsed.text("patches"),
    skipPhases: parsed.list("skip-phases"),
    ignorePreflightErrors: parsed.list("ignore-preflight-errors"),
    dryRun: parsed.switch("dry-run"),
  });
}

/** Fields that `reset` takes from flags. */
export function resetOverrides(parsed: Parsed): ResetOverrides {
  return given<ResetOverrides & Record<string, unknown>>({
    certificatesDir: parsed.text("cert-dir"),
    cleanupTmpDir: parsed.switch("cleanup-tmp-dir"),
    criSocket: parsed.text("cri-socket"),
    force: parsed.switch("force"),
    ignorePreflightErrors: parsed.list("ignore-preflight-errors"),
    skipPhases: parsed.list("skip-phases"),
    dryRun: parsed.switch("dry-run"),
  });
}

/** Fields that `config images` takes from flags. */
export function imagesOverrides(parsed: Parsed): InitOverrides {
  return given<InitOverrides & Record<string, unknown>>({
    kubernetesVersion: parsed.text("kubernetes-version"),
    imageRepository: parsed.text("image-repository"),
    criSocket: parsed.text("cri-socket"),
    featureGates: parsed.text("feature-gates"),
    dryRun: parsed.switch("dry-run"),
  });
}

/** Where an administrator's kubeconfig is, unless a flag says otherwise. */
export function kubeconfigOf(parsed: Parsed): string {
  return parsed.text("kubeconfig") ?? "/etc/kubernetes/admin.conf";
}

/** What `token create` takes from flags and its operand. */
export function tokenFields(parsed: Parsed) {
  return given<
    { token?: string; ttl?: string; description?: string; usages?: string[]; groups?: string[] }
  >({
    token: parsed.operands[0],
    ttl: parsed.text("ttl"),
    description: parsed.text("description"),
    usages: parsed.list("usages")?.slice(),
    groups: parsed.list("groups")?.slice(),
  });
}

/** Reads what a flag names: a file, or standard input for `-`. */
export interface TextSource {
  stdin(): Promise<Uint8Array>;
  read(path: string): Promise<Uint8Array | undefined>;
}

/**
 * The text of the file that a flag names; undefined when the flag is absent.
 * @throws {InvalidInput} when there is no such file, it cannot be read, or it is not text.
 */
export async function textOf(parsed: Parsed, flag: string, source: TextSource): Promise<string | undefined> {
  const path = parsed.text(flag);
  if (path === undefined) return undefined;
  const refuse = (what: string, cause?: unknown) =>
    new InvalidInput(`Cannot read what --${flag} names:`, [{ where: `--${flag}`, what }], { cause });
  let bytes: Uint8Array | undefined;
  try {
    bytes = path === "-" ? await source.stdin() : await source.read(path);
  } catch (error) {
    throw refuse(`"${path}" cannot be read`, error);
  }
  if (bytes === undefined) throw refuse(`there is no file "${path}"`);
  const text = decodeText(bytes);
  if (text === undefined) throw refuse(`"${path}" is not text: it must be UTF-8, or UTF-16 with a byte order mark`);
  return text;
}

/** The file that a flag names which has to be given. @throws {InvalidInput} when it is absent, or as {@linkcode textOf}. */
export async function requiredText(
  parsed: Parsed,
  flag: string,
  source: TextSource,
): Promise<{ text: string; name: string }> {
  const text = await textOf(parsed, flag, source);
  if (text !== undefined) return { text, name: nameOf(parsed, flag)! };
  throw new InvalidInput(`Cannot run "${parsed.command.name}":`, [{ where: `--${flag}`, what: "is required" }]);
}

/** What to call what a flag names in messages: its path. */
export function nameOf(parsed: Parsed, flag: string): string | undefined {
  const path = parsed.text(flag);
  return path === "-" ? "standard input" : path;
}

/** What a flag holds that others should not see (`--token`): it may be given as a file, too (`--token-file`), but not as both. */
async function secretOf(parsed: Parsed, source: TextSource, flag: string, what: string): Promise<string | undefined> {
  const refuse = (problem: string) =>
    new InvalidInput(`Cannot tell the ${what}:`, [{ where: `--${flag}-file`, what: problem }]);
  const given = parsed.text(flag);
  if (given !== undefined && parsed.text(`${flag}-file`) !== undefined) {
    throw refuse(`goes not together with --${flag}`);
  }
  const read = (await textOf(parsed, `${flag}-file`, source))?.trim();
  if (read === "") throw refuse(`${nameOf(parsed, `${flag}-file`)} is empty`);
  return given ?? read;
}

/** The token, from the flag or from a file or standard input; never from both. */
export async function tokenOf(parsed: Parsed, source: TextSource): Promise<string | undefined> {
  return await secretOf(parsed, source, "token", "token");
}

/** The certificate key, likewise. */
export async function certificateKeyOf(parsed: Parsed, source: TextSource): Promise<string | undefined> {
  return await secretOf(parsed, source, "certificate-key", "certificate key");
}
