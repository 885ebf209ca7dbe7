import type { ExternalEtcd } from "../../config/types.ts";
import { trustStore } from "../../node/trust_store.ts";
import { compareVersions, versionOf } from "../../cluster/versions.ts";
import { Untrusted, UserError } from "../../errors.ts";
import type { Download, DownloadOptions, Host, HttpAnswer } from "../../system.ts";
import { CHECKS } from "../checks.ts";
import { type Check, type Findings, NOTHING } from "./run.ts";

/** What checking an external etcd needs. */
export interface ExternalEtcdContext {
  host: Host;
  download: Download;
}

/** Oldest etcd that the API server supports, as in kubeadm 1.35 to 1.37. */
const OLDEST = versionOf("v3.5.24-0");
/** Number of requests to an endpoint, the pause between them and the time limit of each (ms). */
const TRIES = { count: 3, pauseMs: 500, timeoutMs: 10_000 };

async function asked(download: Download, url: string, options: DownloadOptions): Promise<HttpAnswer> {
  for (let tries = 1;; tries++) {
    try {
      const answer = await download.get(url, options);
      if (answer.status < 500 || tries === TRIES.count) return answer;
    } catch (error) {
      if (error instanceof Untrusted || tries === TRIES.count) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, TRIES.pauseMs));
  }
}

/** The problem of one endpoint; undefined: none. */
async function problemOf(download: Download, endpoint: string, identity: Partial<DownloadOptions>) {
  const url = `${endpoint.replace(/\/+$/, "")}/version`;
  try {
    const { status, body } = await asked(download, url, { timeoutMs: TRIES.timeoutMs, limit: 65_536, ...identity });
    const version = /"etcdserver"\s*:\s*"(\d+\.\d+\.\d+[^"]*)"/.exec(body)?.[1];
    if (status !== 200 || !version) return `"${url}" returned status ${status} and no etcd version`;
    return compareVersions(versionOf(version), OLDEST) < 0
      ? `"${endpoint}" has etcd ${version}, must be 3.5.24 or later`
      : undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}

async function versionFindings({ host, download }: ExternalEtcdContext, etcd: ExternalEtcd): Promise<Findings> {
  const [ca, certificatePem, keyPem] = await Promise.all(
    [etcd.caFile, etcd.certFile, etcd.keyFile].map((path) => path ? host.readText(path) : undefined),
  );
  const client = certificatePem && keyPem ? { client: { certificatePem, keyPem } } : {};
  const found = await Promise.all(etcd.httpEndpoints.map(async (endpoint) => {
    const identity = endpoint.startsWith("https:") ? { caPem: ca ?? await trustStore(host), ...client } : {};
    return await problemOf(download, endpoint, identity);
  }));
  const errors = found.filter((problem) => problem !== undefined);
  return errors.length === 0 ? NOTHING : { errors };
}

async function fileFindings(host: Host, etcd: ExternalEtcd): Promise<Findings> {
  const paths = [etcd.caFile, etcd.certFile, etcd.keyFile].filter(Boolean);
  const there = await Promise.all(paths.map((path) => host.stat(path)));
  const errors = paths.filter((_, i) => !there[i]).map((path) => `"${path}" does not exist`);
  return errors.length === 0 ? NOTHING : { errors };
}

/** Whether the external etcd can be used: the files for it, and its version. */
export function externalEtcdChecks(etcd: ExternalEtcd): readonly Check<ExternalEtcdContext>[] {
  return [
    { ...CHECKS.etcdFiles, look: ({ host }) => fileFindings(host, etcd) },
    { ...CHECKS.etcdVersion, look: (context) => versionFindings(context, etcd) },
  ];
}
