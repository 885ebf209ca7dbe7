import type { ExternalEtcd } from "../../config/types.ts";
import { trustStore } from "../../node/trust_store.ts";
import { compareVersions, versionOf } from "../../cluster/versions.ts";
import { Untrusted, UserError } from "../../errors.ts";
import type { Download, DownloadOptions, Host, HttpAnswer } from "../../system.ts";
import { type Check, type Findings, NOTHING } from "./run.ts";

/** What checking somebody else's etcd needs. */
export interface ExternalEtcdContext {
  host: Host;
  download: Download;
}

/** Oldest etcd that the API server works with, as in kubeadm 1.35 to 1.37. */
const OLDEST = versionOf("v3.5.24-0");
/** How often an endpoint is asked, with how long (ms) in between, and how long one answer may take. */
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

/** What is wrong with one endpoint; undefined: nothing. */
async function problemOf(download: Download, endpoint: string, identity: Partial<DownloadOptions>) {
  const url = `${endpoint.replace(/\/+$/, "")}/version`;
  try {
    const { status, body } = await asked(download, url, { timeoutMs: TRIES.timeoutMs, limit: 65_536, ...identity });
    const version = /"etcdserver"\s*:\s*"(\d+\.\d+\.\d+[^"]*)"/.exec(body)?.[1];
    if (status !== 200 || !version) return `${url} answers ${status}, and no version of etcd`;
    return compareVersions(versionOf(version), OLDEST) < 0
      ? `${endpoint} is etcd ${version}, wanted 3.5.24 or newer`
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
  return errors.length === 0 ? NOTHING : { errors, hint: "Compare etcd.external with how that etcd runs." };
}

async function fileFindings(host: Host, etcd: ExternalEtcd): Promise<Findings> {
  const paths = [etcd.caFile, etcd.certFile, etcd.keyFile].filter(Boolean);
  const there = await Promise.all(paths.map((path) => host.stat(path)));
  const errors = paths.filter((_, i) => !there[i]).map((path) => `${path} is not there`);
  return errors.length === 0 ? NOTHING : { errors, hint: "Copy the files that etcd.external names to this host." };
}

/** Whether somebody else's etcd can be used: our files for it, and its version. */
export function externalEtcdChecks(etcd: ExternalEtcd): readonly Check<ExternalEtcdContext>[] {
  return [
    { name: "ExternalEtcdClientCertificates", essential: true, look: ({ host }) => fileFindings(host, etcd) },
    { name: "ExternalEtcdVersion", look: (context) => versionFindings(context, etcd) },
  ];
}
