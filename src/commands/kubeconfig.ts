import { certificateNamed, pkiPaths, validityOf } from "../cluster/pki/certificates.ts";
import { controlPlaneUrl } from "../cluster/endpoints.ts";
import { type ExistingPair, readPair, signingAuthority, whyCannotSign } from "../node/pki/pair.ts";
import {
  isBearerToken,
  kubeconfigDocument,
  NO_BEARER_TOKEN,
  parseKubeconfig,
  type UserCredentials,
} from "../cluster/pki/kubeconfigs.ts";
import { type ConfigurationSource, findConfiguration } from "../node/stored_config.ts";
import { SUPPORTED } from "../cluster/versions.ts";
import { type Duration, duration } from "../config/duration.ts";
import { loadInit } from "../config/load.ts";
import type { ClusterConfiguration } from "../config/types.ts";
import { stringify } from "../config/yaml.ts";
import { InvalidInput, type Problem, UserError } from "../errors.ts";
import { generateKeyPair } from "../pki/keys.ts";
import type { CommandContext, Outcome } from "./command_context.ts";
import { gatherFacts } from "../node/facts.ts";

/** What `kubeconfig user` is asked for. */
export interface UserRequest extends ConfigurationSource {
  clientName: string;
  /** Groups of the user. */
  organizations: readonly string[];
  /** Instead of a certificate. A secret. */
  token: string | undefined;
  /** Absent: a year. */
  validityPeriod: Duration | undefined;
  /** The same as it was typed. */
  writtenPeriod: string | undefined;
}

/** Longer than this is worth a warning: a certificate cannot be taken back. */
const USUAL_PERIOD = duration("8760h");

const AUTHORITY = certificateNamed("ca");

function check({ clientName, organizations, token, validityPeriod, writtenPeriod }: UserRequest): void {
  const problems: Problem[] = [];
  if (clientName === "") problems.push({ where: "--client-name", what: "is missing" });
  if (organizations.includes("")) problems.push({ where: "--org", what: "holds an empty name" });
  if (token === "") problems.push({ where: "--token", what: "is empty" });
  else if (token !== undefined && !isBearerToken(token)) problems.push({ where: "--token", what: NO_BEARER_TOKEN });
  if (validityPeriod !== undefined && validityPeriod.nanoseconds <= 0n) {
    problems.push({
      where: "--validity-period",
      what: `has to be a duration of more than 0, such as 720h, but is "${writtenPeriod}"`,
    });
  }
  if (problems.length > 0) throw new InvalidInput("Cannot make a kubeconfig:", problems);
}

/** The cluster's configuration and the URL of its API server. */
async function clusterOf(
  command: CommandContext,
  request: UserRequest,
): Promise<{ cluster: ClusterConfiguration; server: string }> {
  const { host } = command.system;
  if (request.configText !== undefined) {
    const facts = await gatherFacts(host);
    const withOneSocket = { ...facts, criSockets: facts.criSockets.slice(0, 1) }; // no runtime is asked for anything
    const config = loadInit(request.configText, {}, withOneSocket, SUPPORTED, request.configName);
    return { cluster: config.cluster, server: controlPlaneUrl(config.cluster, config.localAPIEndpoint) };
  }
  const { cluster, origin, reason } = await findConfiguration(command.system, request);
  if (origin === "defaults") {
    command.warn(`The cluster's configuration cannot be read, so these are the defaults: ${reason}`);
  }
  const text = await host.readText(request.kubeconfig);
  if (text !== undefined) return { cluster, server: parseKubeconfig(text, request.kubeconfig).server };
  throw new UserError(`Cannot make a kubeconfig: there is no "${request.kubeconfig}" that says where the cluster is`, {
    hint: "Run this on a control plane node, or name the cluster's configuration with --config.",
  });
}

/** `kubeconfig user`: a kubeconfig for one more user, on standard output. Nothing is written. */
export async function user(command: CommandContext, request: UserRequest): Promise<Outcome> {
  check(request);
  const { host } = command.system;
  const { cluster, server } = await clusterOf(command, request);
  const pair = await readPair(host, { cluster }, AUTHORITY);
  if (!pair.certificates) {
    const { certificate } = pkiPaths(cluster, AUTHORITY);
    throw new UserError(`Cannot make a kubeconfig: there is no "${certificate}"`, {
      hint: "Run this on a control plane node, or name the cluster's configuration with --config.",
    });
  }
  pair.warnings?.forEach(command.warn);
  const { certificatePem } = await import("../pki/certificate.ts");
  const document = kubeconfigDocument({
    clusterName: cluster.clusterName,
    server,
    caPem: certificatePem(...pair.certificates),
    user: request.clientName,
    credentials: request.token === undefined
      ? await certificateFor(command, request, cluster, pair)
      : { token: request.token },
  });
  return { text: stringify(document).trimEnd(), result: document };
}

async function certificateFor(
  command: CommandContext,
  { clientName, organizations, validityPeriod = USUAL_PERIOD, writtenPeriod }: UserRequest,
  cluster: ClusterConfiguration,
  pair: ExistingPair,
): Promise<UserCredentials> {
  if (validityPeriod.nanoseconds > USUAL_PERIOD.nanoseconds) {
    command.warn(
      `${writtenPeriod} is long: whoever gets hold of the certificate has access until it expires`,
    );
  }
  if (organizations.includes("system:masters")) {
    command.warn(
      "system:masters is above all authorization: its rights cannot be taken back before the certificate expires",
    );
  }
  const authority = signingAuthority({ cluster }, AUTHORITY, pair);
  const why = await whyCannotSign(authority, command.system.host.now());
  if (why) {
    const where = pkiPaths(cluster, AUTHORITY).certificate;
    throw new InvalidInput("Cannot make a kubeconfig:", [{ where, what: why }]);
  }
  const { issueLeaf } = await import("../pki/issue.ts");
  const { certificatePem } = await import("../pki/certificate.ts");
  const { privateKeyPem } = await import("../pki/key_pem.ts");
  const keys = await generateKeyPair(cluster.encryptionAlgorithm);
  const period = validityOf(
    "leaf",
    { ...cluster, certificateValidityPeriod: validityPeriod },
    command.system.host.now(),
  );
  const certificate = await issueLeaf(
    { ...period, commonName: clientName, organizations, usages: ["client"], dnsNames: [], ipAddresses: [] },
    keys.publicKey,
    authority,
  );
  const { chainTrouble } = await import("../pki/chain.ts");
  const where = pkiPaths(cluster, AUTHORITY).certificate;
  const [now, usage] = [command.system.host.now(), "client"] as const;
  const trouble = await chainTrouble(certificate, [], authority.certificate, where, { now, usage });
  if (trouble) throw new InvalidInput("Cannot make a kubeconfig:", [{ where, what: `cannot sign it: it ${trouble}` }]);
  return { clientCertPem: certificatePem(certificate), clientKeyPem: await privateKeyPem(keys) };
}
