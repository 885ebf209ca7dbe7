import {
  certificateNamed,
  CERTIFICATES,
  type CertificateSpec,
  isWanted,
  leafRequest,
  pkiPaths,
  SERVICE_ACCOUNT_KEY,
  validityOf,
} from "../cluster/pki/certificates.ts";
import { problemsOf } from "../node/pki/external.ts";
import { readPair, signingAuthority } from "../node/pki/pair.ts";
import { inspectCertificate, inspectPki } from "../node/pki/certificates.ts";
import { inspectServiceAccountKey } from "../node/pki/service_account_key.ts";
import type { ControlPlaneNode } from "../cluster/control_plane/node.ts";
import { InvalidInput, type Problem } from "../errors.ts";
import type { Certificate } from "../pki/certificate.ts";
import type { KeyPool } from "../pki/key_pool.ts";
import type { KeyPair } from "../pki/keys.ts";
import type { Host } from "../system.ts";
import type { Phase } from "./phase.ts";

/** What the phase needs. */
export interface CertsContext {
  host: Host;
  node: ControlPlaneNode;
  /** Keys by the names of the certificates, and `sa`. */
  keys: KeyPool;
  /** When the program was started: the start of the validity. */
  startedAt: Date;
  /** Reports something that does not stop the command. */
  warn(message: string): void;
}

/** File modes, as in kubeadm. */
const MODE = { certificate: 0o644, key: 0o600 } as const;

/** Writes the missing certificates and keys. All existing ones are verified before the first write. */
export const certs: Phase<CertsContext> = {
  name: "certs",
  summary: "create the certificates and keys of the control plane",
  run: async ({ host, node }) => refuse(problemsOf(node, await inspectPki(host, node))),
  phases: [
    ...CERTIFICATES.map(certificatePhase),
    {
      name: SERVICE_ACCOUNT_KEY.name,
      summary: "create the key pair that signs service account tokens",
      run: ensureServiceAccountKey,
    },
  ],
};

function certificatePhase(spec: CertificateSpec): Phase<CertsContext> {
  return {
    name: spec.name,
    summary: spec.summary,
    when: ({ node }) => isWanted(spec, node),
    run: (context) => ensureCertificate(context, spec),
  };
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new InvalidInput("Cannot use the existing certificates:", problems);
}

/** Keeps an existing certificate, or creates what is missing. */
async function ensureCertificate(context: CertsContext, spec: CertificateSpec): Promise<void> {
  const { host, node, startedAt, warn } = context;
  const inspected = await inspectCertificate(host, node, spec);
  refuse(problemsOf(node, [inspected]));
  const { pair, issuer, warnings } = inspected;
  warnings.forEach(warn);
  if (pair.certificates) return;

  const paths = pkiPaths(node.cluster, spec);
  const issuing = Promise.all([import("../pki/issue.ts"), import("../pki/certificate.ts")]);
  const keys = pair.keys ?? await writeNewKey(context, spec.name, paths.key);
  const [{ issueAuthority, issueLeaf }, { certificatePem }] = await issuing;
  let certificate: Certificate;
  if (spec.issuer === undefined) {
    const period = validityOf("authority", node.cluster, startedAt);
    certificate = await issueAuthority(spec.commonName(node), period, keys);
  } else {
    const issuerSpec = certificateNamed(spec.issuer);
    const authority = signingAuthority(node, issuerSpec, issuer ?? await readPair(host, node, issuerSpec));
    certificate = await issueLeaf(leafRequest(spec, node, startedAt), keys.publicKey, authority);
  }
  await host.put({ path: paths.certificate, mode: MODE.certificate, content: certificatePem(certificate) });
}

/** Writes the key first: a killed run leaves a key without a certificate, which the next run completes. */
async function writeNewKey({ host, keys: mill }: CertsContext, name: string, path: string): Promise<KeyPair> {
  const [keys, { privateKeyPem }] = await Promise.all([mill.take(name), import("../pki/key_pem.ts")]);
  await host.put({ path, mode: MODE.key, secret: true, content: await privateKeyPem(keys) });
  return keys;
}

async function ensureServiceAccountKey(context: CertsContext): Promise<void> {
  const { host, node } = context;
  const existing = await inspectServiceAccountKey(host, node);
  refuse(existing.problems);
  if (existing.keys && existing.hasPublicKey) return;
  const paths = pkiPaths(node.cluster, SERVICE_ACCOUNT_KEY);
  const { publicKey } = existing.keys ?? await writeNewKey(context, SERVICE_ACCOUNT_KEY.name, paths.key);
  const { publicKeyPem } = await import("../pki/key_pem.ts");
  await host.put({ path: paths.publicKey, mode: MODE.key, content: await publicKeyPem(publicKey) });
}
