import { bootstrapTokens, bootstrapTokenSecret, bootstrapTokenSecretName } from "../cluster/objects/bootstrap_token.ts";
import { CLUSTER_INFO } from "../cluster/objects/cluster_info.ts";
import { readCredentials } from "../node/credentials.ts";
import { controlPlaneJoinCommand, joinCommand } from "../cluster/join_command.ts";
import { parseKubeconfig } from "../cluster/pki/kubeconfigs.ts";
import { configMapText } from "../node/config_map.ts";
import type { Settings } from "../config/assignments.ts";
import { loadBootstrapToken } from "../config/load_token.ts";
import type { BootstrapToken } from "../config/types.ts";
import { InvalidInput, UserError } from "../errors.ts";
import { isCertificateKey } from "../pki/certificate_key.ts";
import { formatToken, generateToken, isToken } from "../pki/token.ts";
import type { KubeClient, KubeObject, ObjectReference, System } from "../system.ts";
import { commandLine } from "../text/shell.ts";
import { table } from "../text/table.ts";
import type { CommandContext, Outcome } from "./command_context.ts";

/** What `token create` is asked for. */
export interface TokenRequest {
  /** What the flags and the argument say of the token. */
  settings: Settings;
  printJoinCommand: boolean;
  /** That certificates were uploaded with: the join command is that of a control plane node. */
  certificateKey: string | undefined;
  kubeconfig: string;
  dryRun: boolean;
}

async function clientOf(system: System, kubeconfig: string): Promise<KubeClient> {
  const credentials = await readCredentials(system.host, kubeconfig);
  if (credentials) return system.connect(credentials);
  throw new UserError(`Cannot reach the cluster: there is no "${kubeconfig}"`, {
    hint: "Run this on a control plane node, or name an administrator's kubeconfig with --kubeconfig.",
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

/** `token generate`: a token for later, unknown to any cluster. */
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

/** The join command for a token, from what the cluster publishes of itself. */
async function joinWith(client: KubeClient, token: BootstrapToken): Promise<string[]> {
  const { server, caPem = "" } = parseKubeconfig(await configMapText(client, CLUSTER_INFO), "cluster-info");
  return (await joinCommand(server, caPem, token.token)).argv;
}

/** Refuses a key that is none, or that nothing is asked to be done with. */
function checkCertificateKey(key: string | undefined, printJoinCommand: boolean): void {
  if (key === undefined || isCertificateKey(key) && printJoinCommand) return;
  const what = isCertificateKey(key)
    ? "has a meaning only together with --print-join-command"
    : "the value is not a certificate key: 64 hexadecimal digits";
  throw new InvalidInput("Cannot make a join command:", [{ where: "--certificate-key", what }]);
}

/** `token create`: makes a token known to the cluster. */
export async function create(command: CommandContext, request: TokenRequest): Promise<Outcome> {
  const { printJoinCommand, certificateKey, kubeconfig, dryRun } = request;
  checkCertificateKey(certificateKey, printJoinCommand);
  const token = loadBootstrapToken(request.settings, formatToken(generateToken()));
  const system = dryRun ? command.dryRun() : command.system;
  const client = await clientOf(system, kubeconfig);
  if (await client.get(secretReference(token.token))) {
    throw new InvalidInput("Cannot make this token:", [{
      where: "TOKEN",
      what: `there is a token with the id "${token.token.split(".")[0]}" already`,
      hint: "Take another, or delete that one first: kubewright token delete",
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

/** `token list`: the tokens that the cluster knows, secrets and all, as kubeadm shows them to administrators. */
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

/** `token delete`: takes tokens back, by id or in full. */
export async function remove(
  command: CommandContext,
  tokens: readonly string[],
  kubeconfig: string,
  dryRun: boolean,
): Promise<Outcome> {
  const wrong = tokens.filter((token) => !isToken(token) && !/^[a-z0-9]{6}$/.test(token));
  if (wrong.length > 0 || tokens.length === 0) {
    const what = tokens.length === 0
      ? "name one or more"
      : `${wrong.length} of ${tokens.length} are neither an id (abcdef) nor a token`;
    throw new InvalidInput("Cannot delete tokens:", [{ where: "TOKEN", what }]);
  }
  const client = await clientOf(dryRun ? command.dryRun() : command.system, kubeconfig);
  for (const token of tokens) await client.delete(secretReference(token));
  const ids = tokens.map((token) => token.split(".")[0]!);
  const done = dryRun ? "would be deleted" : "is deleted";
  return { text: ids.map((id) => `token ${id} ${done}`).join("\n"), result: { deleted: ids } };
}
