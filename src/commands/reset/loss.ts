import { TEMPORARY_DIRECTORY } from "../../cluster/paths.ts";
import { UserError } from "../../errors.ts";
import type { ResetContext } from "../../phases/reset/context.ts";
import type { Host } from "../../system.ts";

/** A cluster whose data this reset deletes, because the only etcd member is on this host. */
export interface Loss {
  cluster: string;
  /** Whether this is the last member; otherwise etcd did not answer. */
  certain: boolean;
  /** Names of all its Nodes; absent when they could not be counted. */
  nodes?: string[];
  /** Path of the newest backup of the etcd data on this host; absent: none was found. */
  newestBackup?: string;
}

/** Time limit for the list of Nodes, in ms. */
const COUNT_MS = 5_000;

/** Backups of the etcd data by `kubeadm upgrade`; names end with the time. */
const BACKUP = /^kubeadm-backup-etcd-/;

async function newestBackup(host: Host): Promise<string | undefined> {
  const name = (await host.list(TEMPORARY_DIRECTORY)).filter((name) => BACKUP.test(name)).sort().at(-1);
  return name && `${TEMPORARY_DIRECTORY}/${name}`;
}

async function nodeNames({ api }: ResetContext): Promise<string[] | undefined> {
  const found = await api();
  if (found === undefined) return undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => timer = setTimeout(() => resolve(undefined), COUNT_MS));
  const list = async () => {
    if ((await found.client.probe("/readyz")).status !== 200) return undefined;
    return (await found.client.list({ apiVersion: "v1", kind: "Node" })).map(({ metadata }) => metadata.name);
  };
  const listed = list().catch((error) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });
  listed.catch(() => undefined); // its error is not used after the time limit
  try {
    return await Promise.race([listed, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The cluster that a reset destroys; undefined when the cluster continues, or etcd's data stays. */
export async function lossOf(context: ResetContext): Promise<Loss | undefined> {
  const { host, maker, keepEtcdData, config } = context;
  const keeps = ["cleanup-node", "cleanup-node/etcd-data"].some((path) => config.skipPhases.includes(path));
  if (maker === "nobody" || keepEtcdData || keeps) return undefined;
  const etcd = await context.etcd();
  const { kind } = etcd;
  if (kind !== "alone" && kind !== "silent") return undefined;
  if (await host.stat(`${etcd.local.dataDir}/member`) === undefined) return undefined; // an earlier run removed it
  const [nodes, backup, api] = await Promise.all([nodeNames(context), newestBackup(host), context.api()]);
  return {
    cluster: api?.clusterName || "kubernetes",
    certain: kind === "alone",
    ...(nodes === undefined ? {} : { nodes }),
    ...(backup === undefined ? {} : { newestBackup: backup }),
  };
}

/** What is lost, and the nodes that remain without a cluster. */
export function lossText({ cluster, certain, nodes, newestBackup }: Loss, { identity }: ResetContext): string {
  const count = nodes === undefined
    ? "number of nodes unknown"
    : `${nodes.length} ${nodes.length === 1 ? "node" : "nodes"}`;
  const what = `this deletes all data of cluster "${cluster}" (${count}, newest backup: ${newestBackup ?? "none"})`;
  const others = nodes?.filter((name) => name !== identity.name) ?? [];
  const joined = others.length === 0
    ? ""
    : `; other nodes still joined: ${others.slice(0, 10).join(", ")}${others.length > 10 ? ", …" : ""}`;
  return certain
    ? `${what}, because etcd has no other member${joined}`
    : `etcd does not answer. If this host has its last member, ${what}${joined}`;
}
