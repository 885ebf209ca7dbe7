import { bootstrapTokens, bootstrapTokenSecret, bootstrapTokenSecretName } from "../cluster/objects/bootstrap_token.ts";
import { CLUSTER_INFO } from "../cluster/objects/cluster_info.ts";
import { readCredentials } from "../node/credentials.ts";
import { controlPlaneJoinCommand, joinCommand } from "../cluster/join_command.ts";
import { parseKubeconfig } from "../cluster/pki/kubeconfigs.ts";
import { configMapText } from "../node/config_map.ts";
import type { Settings } from "../config/assignments.ts";
import { loadBootstrapToken } from "../config/load_token.ts";
import type { BootstrapToken } from "../config/types.ts";
import { mustBe, requires } from "../config/wording.ts";
import { InvalidInput, UserError } from "../errors.ts";
import { isCertificateKey } from "../pki/certificate_key.ts";
import { formatToken, generateToken, isToken } from "../pki/token.ts";
import type { KubeClient, KubeObject, ObjectReference, System } from "../system.ts";
import { commandLine } from "../text/shell.ts";
import { table } from "../text/table.ts";
import type { CommandContext, Outcome } from "./command_context.ts";

/** A command line of `token create`. */
export interface TokenRequest {
  /** The settings of the token, from the flags and the argument. */
  settings: Settings;
  printJoinCommand: boolean;
  /** The key of uploaded certificates: the join command is that of a control plane node. */
  certificateKey: string | undefined;
  kubeconfig: string;
  dryRun: boolean;
}

async function clientOf(system: System, kubeconfig: string): Promise<KubeClient> {
  const credentials = await readCredentials(system.host, kubeconfig);
  if (credentials) return system.connect(credentials);
  throw new UserError(`Cannot connect to the cluster: kubeconfig "${kubeconfig}" not found`, {
    hint: "Run this command on a control plane node, or pass an administrator's kubeconfig with --kubeconfig.",
  });
}

async function tokenSecrets(client: KubeClient): Promise<KubeObject[]> {
  return await client.list({
    apiVersion: "v1",
    kind: "Secret",
    namespace: "kube-system",
    fieldSelector: "type=bootstrap.kubernetes.io/token",
  });
}

function secretReference(idOrToken: string): ObjectReference {
  return { apiVersion: "v1", kind: "Secret", namespace: "kube-system", name: bootstrapTokenSecretName(idOrToken) };
}

/** `token generate`: a new token that is not added to a cluster. */
export function generate(): Outcome {
  const token = formatToken(generateToken());
  return { text: token, result: { token } };
}

/**
 * A token as kubeadm's `token list --output json` has it, fields in its order.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/apis/output/v1alpha3/types.go
 */
function tokenDocument({ token, description, expires, usages, groups }: BootstrapToken): Record<string, unknown> {
  return {
    kind: "BootstrapToken",
    apiVersion: "output.kubeadm.k8s.io/v1alpha3",
    token,
    ...(description ? { description } : {}),
    ...(expires ? { expires: expires.text } : {}),
    ...(usages.length > 0 ? { usages: [...usages].sort() } : {}),
    ...(groups.length > 0 ? { groups } : {}),
  };
}

/** The join command for a token, from the cluster-info of the cluster. */
async function joinWith(client: KubeClient, token: BootstrapToken): Promise<string[]> {
  const { server, caPem = "" } = parseKubeconfig(await configMapText(client, CLUSTER_INFO), "cluster-info");
  return (await joinCommand(server, caPem, token.token)).argv;
}

/** Rejects an invalid certificate key, and one without --print-join-command. */
function checkCertificateKey(key: string | undefined, printJoinCommand: boolean): void {
  if (key === undefined || isCertificateKey(key) && printJoinCommand) return;
  const what = isCertificateKey(key)
    ? requires("--print-join-command")
    : mustBe("a certificate key of 64 hexadecimal digits");
  throw new InvalidInput("Cannot create a join command:", [{ where: "--certificate-key", what }]);
}

/** `token create`: adds a token to the cluster. */
export async function create(command: CommandContext, request: TokenRequest): Promise<Outcome> {
  const { printJoinCommand, certificateKey, kubeconfig, dryRun } = request;
  checkCertificateKey(certificateKey, printJoinCommand);
  const token = loadBootstrapToken(request.settings, formatToken(generateToken()));
  const system = dryRun ? command.dryRun() : command.system;
  const client = await clientOf(system, kubeconfig);
  if (await client.get(secretReference(token.token))) {
    throw new InvalidInput("Cannot create this token:", [{
      where: "TOKEN",
      what: `a token with the ID "${token.token.split(".")[0]}" already exists`,
      hint: "Use another token, or delete the existing one first: kubewright token delete",
    }]);
  }
  const secret = bootstrapTokenSecret(token, system.host.now());
  await client.apply(secret);
  const result = tokenDocument(bootstrapTokens([secret], new Date(0))[0]!);
  if (!printJoinCommand) return { text: token.token, result };
  const worker = await joinWith(client, token);
  const joinWords = certificateKey === undefined ? worker : controlPlaneJoinCommand(worker, certificateKey);
  return { text: commandLine(joinWords), result: { ...result, joinCommand: joinWords } };
}

/** `23h`, `<forever>` or `<expired>`. */
function remaining({ expires }: BootstrapToken, now: Date): string {
  if (expires === undefined) return "<forever>";
  const minutes = Math.floor((expires.milliseconds - now.getTime()) / 60_000);
  if (minutes < 0) return "<expired>";
  return minutes < 120 ? `${minutes}m` : `${Math.floor(minutes / 60)}h`;
}

/** `token list`: the tokens of the cluster with their secrets, as kubeadm shows them to administrators. */
export async function list(command: CommandContext, kubeconfig: string): Promise<Outcome> {
  const client = await clientOf(command.system, kubeconfig);
  const now = command.system.host.now();
  const tokens = bootstrapTokens(await tokenSecrets(client), new Date(0));
  const rows = [
    ["TOKEN", "TTL", "EXPIRES", "USAGES", "DESCRIPTION", "EXTRA GROUPS"],
    ...tokens.map((token) => [
      token.token,
      remaining(token, now),
      token.expires?.text ?? "<never>",
      token.usages.join(",") || "<none>",
      token.description ?? "<none>",
      token.groups.join(",") || "<none>",
    ]),
  ];
  return { text: table(rows), result: tokens.map(tokenDocument) };
}

/** `token delete`: deletes tokens, by ID or in full. */
export async function remove(
  command: CommandContext,
  tokens: readonly string[],
  kubeconfig: string,
  dryRun: boolean,
): Promise<Outcome> {
  const wrong = tokens.filter((token) => !isToken(token) && !/^[a-z0-9]{6}$/.test(token));
  if (wrong.length > 0 || tokens.length === 0) {
    const what = tokens.length === 0
      ? "is required: one or more tokens or token IDs"
      : `must be a token or a token ID (abcdef); ${wrong.length} of ${tokens.length} are not`;
    throw new InvalidInput("Cannot delete tokens:", [{ where: "TOKEN", what }]);
  }
  const client = await clientOf(dryRun ? command.dryRun() : command.system, kubeconfig);
  for (const token of tokens) await client.delete(secretReference(token));
  const ids = tokens.map((token) => token.split(".")[0]!);
  const done = dryRun ? "would be deleted" : "deleted";
  return { text: ids.map((id) => `token ${id} ${done}`).join("\n"), result: { deleted: ids } };
}
