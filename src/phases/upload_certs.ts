import { bootstrapTokens, bootstrapTokenSecret } from "../cluster/objects/bootstrap_token.ts";
import {
  COPY_CERTS,
  copyCertsAccess,
  copyCertsSecret,
  lifetimeToken,
  sharedFiles,
} from "../cluster/objects/copy_certs.ts";
import { inspectUpload } from "../node/pki/external.ts";
import type { ControlPlaneNode } from "../cluster/control_plane/node.ts";
import { InvalidInput } from "../errors.ts";
import { seal, unseal } from "../pki/certificate_key.ts";
import { formatToken, generateToken } from "../pki/token.ts";
import type { Host, KubeClient, KubeObject, ObjectReference } from "../system.ts";
import type { Phase } from "./phase.ts";

/** What uploading certificates needs. */
export interface UploadCertsContext {
  host: Host;
  node: ControlPlaneNode;
  /** Whether `--upload-certs` is set. */
  uploadCerts: boolean;
  /** The encryption key: 64 hexadecimal digits. */
  certificateKey: string;
  admin(): Promise<KubeClient>;
  /** Reports something that does not stop the command. */
  warn(message: string): void;
}

/** An existing upload that remains for longer than this (ms) is kept. */
const LONG_ENOUGH_MS = 60 * 60_000;

const NOTHING = new Uint8Array();

/** The files; a missing one is empty, as in kubeadm, because the key of the etcd CA may be kept elsewhere. */
async function filesOf({ host, node }: UploadCertsContext): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const files = Object.entries(sharedFiles(node.cluster));
  return new Map(
    await Promise.all(files.map(async ([name, path]) => {
      const content = path === "" ? undefined : await host.read(path);
      return [name, content ? new Uint8Array(content) : NOTHING] as const;
    })),
  );
}

/** The Secret with which the uploaded one is deleted. */
function ownerOf(uploaded: KubeObject): ObjectReference | undefined {
  const [owner] = (uploaded.metadata["ownerReferences"] ?? []) as { name: string }[];
  return owner && { apiVersion: "v1", kind: "Secret", namespace: COPY_CERTS.namespace!, name: owner.name };
}

/** Whether the same files are already uploaded with the same key, and remain for long enough. */
async function isUploaded(
  context: UploadCertsContext,
  uploaded: KubeObject,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<boolean> {
  const data = (uploaded["data"] ?? {}) as Record<string, string>;
  if (Object.keys(data).length !== files.size) return false;
  for (const [name, content] of files) {
    const sealed = Uint8Array.fromBase64(data[name] ?? "");
    const opened = sealed.length === 0 ? NOTHING : await unseal(sealed, context.certificateKey);
    if (opened?.toBase64() !== content.toBase64()) return false;
  }
  const owner = ownerOf(uploaded);
  const token = owner && await (await context.admin()).get(owner);
  return token !== undefined &&
    bootstrapTokens([token], new Date(context.host.now().getTime() + LONG_ENOUGH_MS)).length > 0;
}

/**
 * Uploads the keys and certificates that all control plane nodes share, encrypted. An upload with the same key and files is
 * kept; any other is replaced.
 */
export const uploadCerts: Phase<UploadCertsContext> = {
  name: "upload-certs",
  summary: "upload the encrypted certificates for further control plane nodes (--upload-certs)",
  needs: ["admin-access"],
  when: (context) => context.uploadCerts,
  async run(context) {
    const { host, certificateKey } = context;
    const { problems, warnings } = await inspectUpload(host, context.node);
    if (problems.length > 0) throw new InvalidInput("Cannot upload certificates:", problems);
    warnings.forEach(context.warn);
    const client = await context.admin();
    const files = await filesOf(context);
    const present = await client.get(COPY_CERTS);
    if (!present || !await isUploaded(context, present, files)) {
      const token = bootstrapTokenSecret(lifetimeToken(formatToken(generateToken())), host.now());
      await client.apply(token);
      const { name } = token.metadata;
      const owner = await client.get({ apiVersion: "v1", kind: "Secret", namespace: COPY_CERTS.namespace!, name });
      const sealed = await Promise.all(
        [...files].map(async ([name, content]) =>
          [name, content.length === 0 ? "" : (await seal(content, certificateKey)).toBase64()] as const
        ),
      );
      // An object can have only one controller, and the old one is another token.
      if (present) await client.delete(COPY_CERTS);
      await client.apply(copyCertsSecret(Object.fromEntries(sealed), owner ?? token));
    }
    for (const object of copyCertsAccess()) await client.apply(object);
  },
};
