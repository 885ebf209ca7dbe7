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

/** What `certs generate-csr` is asked for. */
export interface CsrRequest {
  configText: string | undefined;
  /** What to call it in messages: its path. */
  configName: string | undefined;
  settings: Settings;
  kubeconfigDirectory: string | undefined;
  dryRun: boolean;
}

/** `certs generate-csr`: for an authority whose key is not on this host, every key and what is to be signed. */
export async function generateCsr(command: CommandContext, request: CsrRequest): Promise<Outcome> {
  const { kubeconfigDirectory = KUBERNETES_DIRECTORY } = request;
  const system = request.dryRun ? command.dryRun() : command.changing();
  const { host } = system;
  const facts = await gatherFacts(host);
  const config = loadInit(
    request.configText,
    request.settings,
    { ...facts, criSockets: facts.criSockets.slice(0, 1) }, // no runtime is asked for anything
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
  const told = request.dryRun ? [] : [
    ...requests,
    "",
    "Have each of these signed. A certificate goes beside its key, with the ending .crt; that of a kubeconfig goes into",
    "it as client-certificate-data, and the authority's as certificate-authority-data (both in base64). The authorities'",
    `own certificates go to ${config.cluster.certificatesDir}: ca.crt, front-proxy-ca.crt${
      config.cluster.etcd.external ? "" : ", etcd/ca.crt"
    }.`,
  ];
  return { text: told.join("\n"), result: { requests, dryRun: request.dryRun } };
}
