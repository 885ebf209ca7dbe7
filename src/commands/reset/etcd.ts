import { DEFAULT_ETCD_DATA, type LocalEtcdMember, readEtcdCredentials, readLocalEtcd } from "../../node/local_etcd.ts";
import { CLIENT_URLS_ANNOTATION } from "../../cluster/control_plane/etcd.ts";
import { UserError } from "../../errors.ts";
import type { EtcdState, ResetApi } from "../../phases/reset/context.ts";
import type { EtcdMember, Host, System } from "../../system.ts";

/** Reads the etcd cluster from the member of this host, or from another member that answers. */
export async function etcdState(system: System, api: () => Promise<ResetApi | undefined>): Promise<EtcdState> {
  let local: LocalEtcdMember | undefined;
  try {
    local = await readLocalEtcd(system.host);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const unknown = { name: "", dataDir: DEFAULT_ETCD_DATA, peerUrl: "", clientUrl: "", pki: "" };
    return { kind: "silent", local: unknown, error };
  }
  if (!local) return { kind: "none" };
  try {
    if (!await isRunning(system.host, local)) throw new UserError("etcd is not running on this host");
    return await membership(system, local, local.clientUrl, true);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    for (const endpoint of await announcedEndpoints(await api())) {
      try {
        return await membership(system, local, endpoint, false);
      } catch (another) {
        if (!(another instanceof UserError)) throw another;
      }
    }
    return { kind: "silent", local, error };
  }
}

/** Whether etcd runs here: it locks its database. A stopped etcd is not asked; one in an unknown state is. */
async function isRunning(host: Host, { dataDir }: LocalEtcdMember): Promise<boolean> {
  try {
    return await host.isLocked(`${dataDir}/member/snap/db`);
  } catch (error) {
    if (error instanceof UserError) return true;
    throw error;
  }
}

/** The client URLs of the members, from annotations of their pods. None where the API server does not answer. */
async function announcedEndpoints(api: ResetApi | undefined): Promise<string[]> {
  if (api === undefined) return [];
  try {
    // One probe, because a list would be retried for a minute; without etcd the API server cannot list anything.
    if ((await api.client.probe("/readyz")).status !== 200) return [];
    const query = { apiVersion: "v1", kind: "Pod", namespace: "kube-system", labelSelector: "component=etcd" };
    return (await api.client.list(query)).flatMap(({ metadata }) =>
      metadata.annotations?.[CLIENT_URLS_ANNOTATION] ?? []
    );
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** @param here whether the endpoint is the etcd of this host. */
async function membership(
  system: System,
  local: LocalEtcdMember,
  endpoint: string,
  here: boolean,
): Promise<EtcdState> {
  const credentials = await readEtcdCredentials(system.host, local);
  const members = await system.etcd(endpoint, credentials).members();
  const member = members.find(({ peerURLs }) => peerURLs.some((url) => url.replace(/\/+$/, "") === local.peerUrl));
  const others = members.filter((other) => other !== member);
  if (members.length === 1 && here) return { kind: "alone", local }; // its own answer: it has no other members
  const sameName = local.name !== "" && members.find(({ name }) => name === local.name);
  if (!member) {
    if (!sameName) return { kind: "removed", local };
    const why = `the member "${local.name}" has the peer URL ${
      sameName.peerURLs.join(", ")
    }, but this host's manifest has ${local.peerUrl}`;
    return { kind: "unproven", local, member: sameName, why };
  }
  const why = doubtAboutMember(system.host, local, member, here);
  if (why !== undefined) return { kind: "unproven", local, member, why };
  if (others.length === 0) return { kind: "alone", local };
  const urls = [...others.flatMap(({ clientURLs }) => clientURLs), endpoint];
  return { kind: "member", local, member, remaining: urls.map((url) => system.etcd(url, credentials)) };
}

/**
 * Why the member at the peer URL of the manifest is not verified to be the one of this host; undefined when it is. A cloned
 * image has the manifest, too.
 */
function doubtAboutMember(
  host: Host,
  local: LocalEtcdMember,
  member: EtcdMember,
  here: boolean,
): string | undefined {
  if (member.name !== "" && local.name !== "" && member.name !== local.name) {
    return `the member at ${local.peerUrl} is named "${member.name}", but this host's manifest has "${local.name}"`;
  }
  if (here) return undefined;
  const address = URL.canParse(local.peerUrl) ? new URL(local.peerUrl).hostname.replace(/^\[|\]$/g, "") : "";
  if (host.addresses().some((own) => own.address === address)) return undefined;
  return `${local.peerUrl} is not an address of this host, and etcd is not running here`;
}
