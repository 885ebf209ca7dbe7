import { inspectCsrs, wantedCsrs } from "../../node/pki/csr.ts";
import { controlPlaneNode } from "../../cluster/control_plane/node.ts";
import { KUBERNETES_DIRECTORY } from "../../cluster/paths.ts";
import { SUPPORTED } from "../../cluster/versions.ts";
import type { Settings } from "../../config/assignments.ts";
import { loadInit } from "../../config/load.ts";
import { writeCsrs } from "../../phases/write_csrs.ts";
import { startKeys } from "../../pki/key_pool.ts";
import type { CommandContext, Outcome } from "../command_context.ts";
import { gatherFacts, readOwnPaths } from "../../node/facts.ts";

/** A command line of `certs generate-csr`. */
export interface CsrRequest {
  configText: string | undefined;
  /** Its name in messages: the path. */
  configName: string | undefined;
  settings: Settings;
  kubeconfigDirectory: string | undefined;
  dryRun: boolean;
}

/** `certs generate-csr`: creates all keys and certificate signing requests for an external CA. */
export async function generateCsr(command: CommandContext, request: CsrRequest): Promise<Outcome> {
  const { kubeconfigDirectory = KUBERNETES_DIRECTORY } = request;
  const system = request.dryRun ? command.dryRun() : command.changing();
  const { host } = system;
  const facts = await gatherFacts(host);
  const config = loadInit(
    request.configText,
    request.settings,
    { ...facts, criSockets: facts.criSockets.slice(0, 1) }, // no container runtime is used
    SUPPORTED,
    request.configName,
  );
  const node = controlPlaneNode(config);
  const wanted = wantedCsrs(node, kubeconfigDirectory.replace(/\/+$/, ""));
  const existing = await inspectCsrs(host, wanted, await readOwnPaths(host), command.warn);
  const missing = existing.filter(({ keys }) => !keys).map(({ wanted }) => wanted.name);
  const keys = startKeys(missing, config.cluster.encryptionAlgorithm, host.cpus());
  await writeCsrs({ host, node, keys }, existing);
  const requests = wanted.map(({ requestPath }) => requestPath);
  const text = request.dryRun ? [] : [
    ...requests,
    "",
    "Have the CA sign each of these requests. Store each certificate next to its key, with the extension .crt. In a",
    "kubeconfig, store the certificate as client-certificate-data, and that of the CA as certificate-authority-data (both",
    `base64). Store the certificates of the CAs in ${config.cluster.certificatesDir}: ca.crt, front-proxy-ca.crt${
      config.cluster.etcd.external ? "" : ", etcd/ca.crt"
    }.`,
  ];
  return { text: text.join("\n"), result: { requests, dryRun: request.dryRun } };
}
