import { doubtAbout } from "../../node/proof.ts";
import { manifestPath } from "../../cluster/paths.ts";
import { UserError } from "../../errors.ts";
import type { Phase } from "../phase.ts";
import { messageOf, type ResetApi, type ResetContext } from "./context.ts";
import { httpStatusOf } from "../../system/kube_error.ts";
import { shellWord } from "../../text/shell.ts";

/** How long all members together are asked to remove one, in ms. */
const ALL_MS = 60_000;

/** Whether the API server can be asked for anything; it is asked once, where a call would be tried for a minute. */
async function isReady({ client }: ResetApi): Promise<boolean> {
  try {
    return (await client.probe("/readyz")).status === 200;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** Deletes the Node that is proven to be this host. Says of any other why it stays. */
async function deleteProven({ host, identity, leave }: ResetContext, { client, caPem }: ResetApi): Promise<void> {
  const { name } = identity;
  const reference = { apiVersion: "v1", kind: "Node", name };
  const node = await client.get(reference);
  if (node === undefined) return;
  const doubt = await doubtAbout(host, identity, node, caPem);
  if (doubt === undefined) return await client.delete(reference);
  leave(`Node ${name}`, `it is not proven to be this host: ${doubt}`);
}

/**
 * Takes the Node out of the cluster, where there will still be one. Pods are not drained. Not on a host that kubeadm
 * made: kubeadm leaves it.
 */
export const deleteNode: Phase<ResetContext> = {
  name: "delete-node",
  summary: "take this node out of the cluster (pods are not drained first)",
  when: ({ maker }) => maker === "kubewright",
  async run(context) {
    const { host, identity, leave, note, doing } = context;
    doing("asking etcd for its members");
    const { kind } = await context.etcd();
    if (kind === "alone") return; // the cluster ends with this host
    const api = await context.api();
    if (api === undefined) return;
    doing(`asking the API server ${api.client.server}`);
    const { name } = identity;
    const byHand = `kubectl delete node ${shellWord(name)}, on a control plane node that goes on`;
    const hostname = host.hostname().trim().toLowerCase();
    if (identity.known && name !== hostname) {
      note(`this host is node "${name}", not "${hostname}": by ${identity.source}`);
    }
    if (!await isReady(api)) return leave(`Node ${name}`, `the API server is not ready: ${byHand}`);
    try {
      await deleteProven(context, api);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const refused = [401, 403].includes(httpStatusOf(error) ?? 0);
      leave(`Node ${name}`, `${refused ? "a node may not delete itself" : messageOf(error)}: ${byHand}`);
    }
  },
};

/** Takes the etcd member of this host out of its cluster, unless it is the last one; over etcd's own API. */
export const removeEtcdMember: Phase<ResetContext> = {
  name: "remove-etcd-member",
  summary: "take this host's etcd member out of its cluster",
  async run(context) {
    const { leave, warn, note } = context;
    const etcd = await context.etcd();
    if (etcd.kind === "none") {
      const isControlPlane = await context.host.stat(manifestPath("kube-apiserver")) !== undefined;
      if (isControlPlane) leave("data in the external etcd", "it is not on this host: etcdctl del --prefix /registry/");
      return;
    }
    if (etcd.kind === "alone") return note("etcd has no other members: its cluster ends with this host");
    if (etcd.kind === "removed") return;
    if (etcd.kind === "unproven") {
      return leave(`etcd member ${etcd.member.name}`.trimEnd(), `it is not proven to be this host's: ${etcd.why}`);
    }
    if (etcd.kind === "silent") {
      warn(`etcd does not tell its members: ${etcd.error.message}`);
      const why = "if its cluster has others, remove it there: etcdctl member list, then etcdctl member remove ID";
      return leave(`etcd member of this host ${etcd.local.peerUrl}`.trimEnd(), why);
    }
    const failures: string[] = [];
    const end = performance.now() + ALL_MS;
    for (const client of etcd.remaining) {
      if (performance.now() > end) break;
      context.doing(`removing the etcd member "${etcd.member.name}" at ${client.endpoint}`);
      try {
        return await client.removeMember(etcd.member);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        failures.push(error.message);
      }
    }
    throw new UserError(`Cannot remove the etcd member "${etcd.member.name}": ${failures.join("; ")}`, {
      hint: [
        "Make etcd's cluster healthy and run the same command again.",
        `Or remove it on another member (etcdctl member remove ${
          shellWord(BigInt(etcd.member.id).toString(16))
        }), or leave it: ` +
        "--skip-phases=remove-etcd-member",
      ],
    });
  },
};
