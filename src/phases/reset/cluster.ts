import { doubtAbout } from "../../node/proof.ts";
import { manifestPath } from "../../cluster/paths.ts";
import { UserError } from "../../errors.ts";
import type { Phase } from "../phase.ts";
import { messageOf, type ResetApi, type ResetContext } from "./context.ts";
import { httpStatusOf } from "../../system/kube_error.ts";
import { shellWord } from "../../text/shell.ts";

/** Time limit in ms for the removal of a member, over all members that are asked. */
const ALL_MS = 60_000;

/** Whether the API server is ready. One request, because other calls are retried for a minute. */
async function isReady({ client }: ResetApi): Promise<boolean> {
  try {
    return (await client.probe("/readyz")).status === 200;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** Deletes the Node if it is verified to be this host; otherwise reports why it is kept. */
async function deleteProven({ host, identity, leave }: ResetContext, { client, caPem }: ResetApi): Promise<void> {
  const { name } = identity;
  const reference = { apiVersion: "v1", kind: "Node", name };
  const node = await client.get(reference);
  if (node === undefined) return;
  const doubt = await doubtAbout(host, identity, node, caPem);
  if (doubt === undefined) return await client.delete(reference);
  leave(`Node ${name}`, `cannot verify that it is this host: ${doubt}`);
}

/**
 * Deletes the Node from the cluster, unless the cluster is deleted with this host. Pods are not drained. Nodes that kubeadm
 * created are kept, as with kubeadm.
 */
export const deleteNode: Phase<ResetContext> = {
  name: "delete-node",
  summary: "delete the Node of this host from the cluster; pods are not drained",
  when: ({ maker }) => maker === "kubewright",
  async run(context) {
    const { host, identity, leave, note, doing } = context;
    doing("listing the etcd members");
    const { kind } = await context.etcd();
    if (kind === "alone") return; // the cluster is deleted with this host
    const api = await context.api();
    if (api === undefined) return;
    doing(`deleting the Node at ${api.client.server}`);
    const { name } = identity;
    const byHand = `Delete it on a remaining control plane node: kubectl delete node ${shellWord(name)}`;
    const hostname = host.hostname().trim().toLowerCase();
    if (identity.known && name !== hostname) {
      note(`this host has the host name "${hostname}" and is node "${name}" according to ${identity.source}`);
    }
    if (!await isReady(api)) return leave(`Node ${name}`, `the API server is not ready. ${byHand}`);
    try {
      await deleteProven(context, api);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const refused = [401, 403].includes(httpStatusOf(error) ?? 0);
      leave(`Node ${name}`, `${refused ? "a node is not allowed to delete itself" : messageOf(error)}. ${byHand}`);
    }
  },
};

/** Removes the etcd member of this host from its cluster over the etcd API, unless it is the last one. */
export const removeEtcdMember: Phase<ResetContext> = {
  name: "remove-etcd-member",
  summary: "remove the etcd member of this host from its cluster",
  async run(context) {
    const { leave, warn, note } = context;
    const etcd = await context.etcd();
    if (etcd.kind === "none") {
      const isControlPlane = await context.host.stat(manifestPath("kube-apiserver")) !== undefined;
      if (isControlPlane) {
        leave("data in the external etcd", "not stored on this host. To delete it: etcdctl del --prefix /registry/");
      }
      return;
    }
    if (etcd.kind === "alone") return note("this host has the only etcd member: the cluster is deleted with it");
    if (etcd.kind === "removed") return;
    if (etcd.kind === "unproven") {
      return leave(
        `etcd member ${etcd.member.name}`.trimEnd(),
        `cannot verify that it belongs to this host: ${etcd.why}`,
      );
    }
    if (etcd.kind === "silent") {
      warn(`cannot list the etcd members: ${etcd.error.message}`);
      const why =
        "if etcd has other members, remove it on one of them: etcdctl member list, then etcdctl member remove ID";
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
        "Fix the etcd cluster, then rerun the command.",
        `Or remove the member on another one: etcdctl member remove ${shellWord(BigInt(etcd.member.id).toString(16))}`,
        "To reset this host and keep the member: --skip-phases=remove-etcd-member",
      ],
    });
  },
};
