/**
 * A folder in which `init phase certs all` works on this machine: its certificates, its receipt and its lock.
 * @module
 */
import { createPublicKey, type KeyObject, X509Certificate } from "node:crypto";

const PROGRAM = new URL("./scratch.ts", import.meta.url).pathname;

/** One such folder. */
export interface Place {
  dir: string;
  /** Runs the program to its end, or to the failpoint. */
  run(failpoint?: string): Promise<Deno.CommandOutput>;
  /** Starts the program, and lets it run. */
  spawn(): Deno.ChildProcess;
  /** Texts of the files below the certificates' folder, by path. */
  files(): Promise<Map<string, string>>;
}

/** Makes the folder, and removes it. */
export async function inPlace(
  body: (place: Place) => Promise<void>,
  encryptionAlgorithm = "ECDSA-P256",
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "kubewright-failpoints-" });
  const documents = [
    {
      kind: "InitConfiguration",
      localAPIEndpoint: { advertiseAddress: "192.0.2.10" },
      nodeRegistration: { name: "n1", criSocket: "unix:///s" },
    },
    {
      kind: "ClusterConfiguration",
      kubernetesVersion: "v1.37.2",
      encryptionAlgorithm,
      certificatesDir: `${dir}/pki`,
    },
  ];
  await Deno.writeTextFile(
    `${dir}/config.yaml`,
    documents.map((one) => JSON.stringify({ apiVersion: "kubeadm.k8s.io/v1beta4", ...one })).join("\n---\n"),
  );
  const program = (failpoint = "") =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "-A", PROGRAM, "init", "phase", "certs", "all", "--config", `${dir}/config.yaml`],
      env: { KUBEWRIGHT_STATE: `${dir}/state`, KUBEWRIGHT_FAILPOINT: failpoint },
      stdout: "piped",
      stderr: "piped",
    });
  const run = (failpoint?: string) => program(failpoint).output();
  const spawn = () => program().spawn();
  const files = async () => {
    const found = new Map<string, string>();
    for (const folder of [`${dir}/pki`, `${dir}/pki/etcd`]) {
      if (folder.endsWith("/etcd") && !await Deno.stat(folder).catch(() => false)) continue;
      for await (const { name, isFile } of Deno.readDir(folder)) {
        if (isFile) found.set(`${folder}/${name}`.slice(dir.length), await Deno.readTextFile(`${folder}/${name}`));
      }
    }
    return found;
  };
  try {
    await Deno.mkdir(`${dir}/state`);
    await body({ dir, run, spawn, files });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** The PEM text of a public key: the oldest Deno has no `checkPrivateKey`. */
const publicKeyOf = (key: KeyObject) => key.export({ type: "spki", format: "pem" });

/** Names of the files, each certificate with whether it belongs to its key. */
export function shape(files: ReadonlyMap<string, string>): string[] {
  return [...files].map(([path, text]) => {
    const key = files.get(path.replace(/\.crt$/, ".key"));
    const fits = path.endsWith(".crt") &&
      publicKeyOf(new X509Certificate(text).publicKey) === publicKeyOf(createPublicKey(key!));
    return path.endsWith(".crt") ? `${path} ${fits}` : path;
  }).sort();
}

/** What it said on standard error. */
export const words = ({ stderr }: Deno.CommandOutput) => new TextDecoder().decode(stderr);
