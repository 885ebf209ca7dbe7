import { manifestPath } from "../../cluster/paths.ts";
import { httpStatusOf, UserError } from "../../errors.ts";
import type { KubeClient } from "../../system.ts";
import type { Phase } from "../phase.ts";
import { messageOf, type ResetContext } from "./context.ts";

/** Whether the API server answers at all; it is asked once. */
async function answers(api: KubeClient): Promise<boolean> {
  try {
    return (await api.probe("/version")).status > 0;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
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
    const { nodeName, leave } = context;
    const { kind } = await context.etcd();
    if (kind === "alone") return; // the cluster ends with this host
    const byHand = `kubectl delete node ${nodeName}, on a control plane node that goes on`;
    const api = await context.api();
    if (api === undefined) return;
    if (!await answers(api)) return leave(`Node ${nodeName}`, `the API server does not answer: ${byHand}`);
    try {
      await api.delete({ apiVersion: "v1", kind: "Node", name: nodeName });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const refused = [401, 403].includes(httpStatusOf(error) ?? 0);
      leave(`Node ${nodeName}`, `${refused ? "a node may not delete itself" : messageOf(error)}: ${byHand}`);
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
    if (etcd.kind === "silent") {
      warn(`etcd does not tell its members: ${etcd.error.message}`);
      const why = "if its cluster has others, remove it there: etcdctl member list, then etcdctl member remove ID";
      return leave(`etcd member of this host ${etcd.local.peerUrl}`.trimEnd(), why);
    }
    const failures: string[] = [];
    for (const client of etcd.remaining) {
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
        `Or remove it on another member (etcdctl member remove ${BigInt(etcd.member.id).toString(16)}), or leave it: ` +
        "--skip-phases=remove-etcd-member",
      ],
    });
  },
};
