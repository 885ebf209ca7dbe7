import { bootstrapTokenSecretName } from "../cluster/objects/bootstrap_token.ts";
import { controlPlaneUrl } from "../cluster/endpoints.ts";
import { type JoinCommand, joinCommand } from "../cluster/join_command.ts";
import type { BootstrapToken } from "../config/types.ts";
import type { ControlPlaneNode } from "../cluster/control_plane/node.ts";
import type { KubeClient } from "../system.ts";
import type { Cell } from "./cell.ts";
import type { Phase } from "./phase.ts";

/** What the join command needs. */
export interface ShowJoinCommandContext {
  node: ControlPlaneNode;
  tokens(): Promise<readonly BootstrapToken[]>;
  caPem(): Promise<string>;
  admin(): Promise<KubeClient>;
  note(message: string): void;
  /** The commands, one for each token. */
  joinCommands: Cell<readonly JoinCommand[]>;
}

/** Finds the join commands, which the result of the command shows. */
export const showJoinCommand: Phase<ShowJoinCommandContext> = {
  name: "show-join-command",
  summary: "show the command that joins a worker node",
  async run(context) {
    const { node } = context;
    const commands: JoinCommand[] = [];
    const client = await context.admin();
    const server = controlPlaneUrl(node.cluster, node.endpoint);
    for (const { token } of await context.tokens()) {
      const name = bootstrapTokenSecretName(token);
      if (await client.get({ apiVersion: "v1", kind: "Secret", namespace: "kube-system", name })) {
        commands.push(await joinCommand(server, await context.caPem(), token));
      }
    }
    context.joinCommands.set(commands);
    if (commands.length > 0) return;
    context.note(
      "the cluster has no bootstrap token. To create one: kubewright token create --print-join-command",
    );
  },
};
