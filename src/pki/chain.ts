/**
 * Verifies chains of certificates like Go's `Certificate.Verify`, which kubeadm and every component use.
 * https://github.com/golang/go/blob/go1.26.0/src/crypto/x509/verify.go
 * @module
 */
import { type Certificate, OID, type TlsUsage, validityAt } from "./certificate.ts";
import { keyName, sameBytes } from "./keys.ts";
import type { AlternativeNames } from "./names.ts";
import { constraintViolation } from "./name_constraints.ts";
import { SHORTEST_RSA, verifySignature } from "./signature.ts";

/** The time and the purpose of a verification. */
export interface ChainOptions {
  readonly now: Date;
  /** The use of the leaf; absent: any use, as in kubeadm. */
  readonly usage?: TlsUsage;
}

/** The most signatures verified for one chain, as in Go, so that the search ends with any intermediates. */
const MOST_SIGNATURES = 100;

/** Whose extension does not allow a use. */
const PLACE = { leaf: "its", issuer: "its issuer's" } as const;

/**
 * Why the certificate is not valid under this authority, with or without intermediates; undefined when it is. The text
 * continues the path of the certificate: `is not signed by the authority`, `expired on …`.
 * @param authorityName the name of the authority in messages.
 */
export async function chainTrouble(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  authority: Certificate,
  authorityName: string,
  options: ChainOptions,
): Promise<string | undefined> {
  const own = certificateTrouble(leaf, options.now);
  if (own) return own;
  if (sameBytes(leaf.der, authority.der)) return purposeTrouble([leaf], options, authorityName);
  const search = { checks: 0, trouble: undefined as string | undefined, chains: [] as (readonly Certificate[])[] };

  const build = async (chain: readonly Certificate[]): Promise<void> => {
    for (const candidate of [authority, ...intermediates]) {
      const child = chain.at(-1)!;
      if (!sameBytes(child.issuerDer, candidate.subjectDer) || search.checks++ >= MOST_SIGNATURES) continue;
      if (chain.some((one) => isSame(one, candidate))) continue;
      const isRoot = candidate === authority;
      const trouble = await linkTrouble(
        child,
        candidate,
        chain.length - 1,
        isRoot ? authorityName : undefined,
        options,
      );
      if (trouble !== undefined) search.trouble ??= trouble;
      else if (isRoot) search.chains.push([...chain, candidate]);
      else await build([...chain, candidate]);
    }
  };
  await build([leaf]);
  if (search.chains.length === 0) return search.trouble ?? `is not signed by ${authorityName}`;
  let last: string | undefined;
  for (const chain of search.chains) {
    last = purposeTrouble(chain, options, authorityName);
    if (last === undefined) return undefined;
  }
  return last;
}

/** Whether the certificate is valid under the authority now and for any use. */
export async function chainsTo(
  certificate: Certificate,
  intermediates: readonly Certificate[],
  authority: Certificate,
  now: Date,
): Promise<boolean> {
  return await chainTrouble(certificate, intermediates, authority, "", { now }) === undefined;
}

/** Whether `issuer` signed the certificate: compares the name and verifies the signature, but not validity or usages. */
export async function isSignedBy(certificate: Certificate, issuer: Certificate): Promise<boolean> {
  return sameBytes(certificate.issuerDer, issuer.subjectDer) && await verifySignature(certificate, issuer) === "good";
}

/** Whether `issuer` signed one of these; for an algorithm that cannot be verified, the name decides. */
export async function signedAny(issuer: Certificate, certificates: readonly Certificate[]): Promise<boolean> {
  const named = certificates.filter(({ issuerDer }) => sameBytes(issuerDer, issuer.subjectDer));
  return (await Promise.all(named.map((one) => verifySignature(one, issuer)))).some((verdict) => verdict !== "bad");
}

/** Why no chain with this certificate is valid, for any use. */
export function certificateTrouble(certificate: Certificate, now: Date): string | undefined {
  const { extensions: { unhandledCritical }, notBefore, notAfter } = certificate;
  if (unhandledCritical.length > 0) {
    return `has the critical extension ${unhandledCritical.join(", ")}, which Kubernetes components reject`;
  }
  const validity = validityAt(certificate, now);
  if (validity === "expired") return `expired on ${notAfter.toISOString()}`;
  return validity === "valid" ? undefined : `is not valid before ${notBefore.toISOString()}`;
}

/** Why `parent` cannot have issued `child`. `between`: intermediates below the parent. `root`: its name, if it is the root. */
async function linkTrouble(
  child: Certificate,
  parent: Certificate,
  between: number,
  root: string | undefined,
  { now }: ChainOptions,
): Promise<string | undefined> {
  const name = root ?? `"${parent.commonName}"`;
  const { basicConstraints } = parent.extensions;
  if (!parent.isAuthority) return `is signed by ${name}, which is not an authority (CA:TRUE, keyCertSign)`;
  const verdict = await verifySignature(child, parent);
  if (verdict === "bad") return `is not signed by ${name}`;
  if (verdict === "unsupported") {
    const { algorithmId } = child.x509.signatureAlgorithm;
    return `has a signature of algorithm ${algorithmId} (key of ${name}: ${keyName(parent.key)}), ` +
      "which Kubernetes components do not support";
  }
  if (verdict === "weak") {
    return `has a weak signature (MD5, SHA-1 or an RSA key of less than 1024 bits), which Kubernetes components reject`;
  }
  const trouble = certificateTrouble(parent, now);
  if (trouble) return `is signed by ${name}, which ${trouble}`;
  const most = basicConstraints?.pathLength;
  if (most !== undefined && between > most) return `has more intermediates than ${name} allows (${most})`;
  return undefined;
}

/** Why the chain, leaf first, does not allow this use: extended key usages and name constraints apply to all that follow. */
function purposeTrouble(
  chain: readonly Certificate[],
  { usage }: ChainOptions,
  authorityName: string,
): string | undefined {
  if (usage !== undefined) {
    const place = chain.findLastIndex(({ extensions: { purposes } }) =>
      purposes.length > 0 && !purposes.includes(OID[usage]) && !purposes.includes(OID.anyPurpose)
    );
    if (place >= 0) {
      const whose = place === 0 ? PLACE.leaf : place === chain.length - 1 ? `${authorityName}'s` : PLACE.issuer;
      return `must not be used as TLS ${usage}: ${whose} extended key usages do not allow it`;
    }
  }
  for (const [place, { extensions: { nameConstraints } }] of chain.entries()) {
    if (!nameConstraints) continue;
    for (const below of chain.slice(0, place)) {
      const violation = constraintViolation(nameConstraints, below);
      if (violation) return violationText(violation, place === chain.length - 1 ? authorityName : PLACE.issuer);
    }
  }
  return undefined;
}

/** The message for a name that constraints do not allow. */
export function violationText(
  { name, why }: NonNullable<ReturnType<typeof constraintViolation>>,
  authorityName: string,
): string {
  const text = typeof name === "string"
    ? name
    : name.length === 4
    ? name.join(".")
    : name.toHex().replace(/.{4}(?=.)/g, "$&:");
  return `contains the name ${text}, which ${why} by the name constraints of ${authorityName}`;
}

/** The names and the use of a certificate that an authority is to sign. */
export interface Issuing extends AlternativeNames {
  readonly usage: TlsUsage;
}

/**
 * Why every certificate that the authority signs would be invalid; undefined when it can sign. The text continues the path
 * of the authority.
 */
export function authorityTrouble(authority: Certificate): string | undefined {
  const { key, isAuthority, extensions: { unhandledCritical } } = authority;
  if (!isAuthority) {
    return "is not the certificate of an authority (CA:TRUE, and keyCertSign if there is a key usage)";
  }
  if (unhandledCritical.length > 0) {
    return `has the critical extension ${unhandledCritical.join(", ")}, which Kubernetes components reject`;
  }
  if (key.type === "RSA" && key.bits < SHORTEST_RSA) {
    return `has an RSA key of ${key.bits} bits; Kubernetes components require ${SHORTEST_RSA} or more`;
  }
  if (key.type !== "RSA" && key.type !== "ECDSA" && key.type !== "Ed25519") {
    return `has a key of algorithm ${keyName(key)}, which Kubernetes components do not support`;
  }
  return undefined;
}

/** Why a certificate that the authority is to sign would be invalid; undefined when it would be valid. Continues after "and". */
export function issuingTrouble(
  authority: Certificate,
  authorityName: string,
  want: Issuing,
  now: Date,
): string | undefined {
  const own = authorityTrouble(authority) ?? certificateTrouble(authority, now);
  if (own) return `its authority ${authorityName} ${own}`;
  const { extensions: { purposes, nameConstraints } } = authority;
  if (purposes.length > 0 && !purposes.includes(OID[want.usage]) && !purposes.includes(OID.anyPurpose)) {
    return `the extended key usages of its authority ${authorityName} do not allow TLS ${want.usage} certificates`;
  }
  const violation = nameConstraints && constraintViolation(nameConstraints, want);
  return violation && `it ${violationText(violation, `its authority ${authorityName}`)}`;
}

/** Go's `alreadyInChain`: the same subject, key and names. */
function isSame(a: Certificate, b: Certificate): boolean {
  return sameBytes(a.subjectDer, b.subjectDer) && sameBytes(a.publicKeyDer, b.publicKeyDer) &&
    a.dnsNames.join() === b.dnsNames.join() && a.ipAddresses.join() === b.ipAddresses.join();
}
