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
import { mustBe, quoted } from "../config/wording.ts";
import { stringify } from "../config/yaml.ts";
import { InvalidInput, type Problem, UserError } from "../errors.ts";
import { generateKeyPair } from "../pki/keys.ts";
import { type CommandContext, type Outcome, warnOfDefaults } from "./command_context.ts";
import { gatherFacts } from "../node/facts.ts";

/** A command line of `kubeconfig user`. */
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

/** A longer period is warned about: a certificate cannot be revoked. */
const USUAL_PERIOD = duration("8760h");

const AUTHORITY = certificateNamed("ca");

function check({ clientName, organizations, token, validityPeriod, writtenPeriod }: UserRequest): void {
  const problems: Problem[] = [];
  if (clientName === "") problems.push({ where: "--client-name", what: "is required" });
  if (organizations.includes("")) problems.push({ where: "--org", what: "must not contain an empty name" });
  if (token === "") problems.push({ where: "--token", what: "must not be empty" });
  else if (token !== undefined && !isBearerToken(token)) problems.push({ where: "--token", what: NO_BEARER_TOKEN });
  if (validityPeriod !== undefined && validityPeriod.nanoseconds <= 0n) {
    problems.push({
      where: "--validity-period",
      what: mustBe("a positive duration, such as 720h", quoted(writtenPeriod ?? "")),
    });
  }
  if (problems.length > 0) throw new InvalidInput("Cannot create a kubeconfig:", problems);
}

/** The cluster's configuration and the URL of its API server. */
async function clusterOf(
  command: CommandContext,
  request: UserRequest,
): Promise<{ cluster: ClusterConfiguration; server: string }> {
  const { host } = command.system;
  if (request.configText !== undefined) {
    const facts = await gatherFacts(host);
    const withOneSocket = { ...facts, criSockets: facts.criSockets.slice(0, 1) }; // no container runtime is used
    const config = loadInit(request.configText, {}, withOneSocket, SUPPORTED, request.configName);
    return { cluster: config.cluster, server: controlPlaneUrl(config.cluster, config.localAPIEndpoint) };
  }
  const configuration = await findConfiguration(command.system, request);
  const { cluster } = configuration;
  warnOfDefaults(command, configuration);
  const text = await host.readText(request.kubeconfig);
  if (text !== undefined) return { cluster, server: parseKubeconfig(text, request.kubeconfig).server };
  throw new UserError(
    `Cannot create a kubeconfig: "${request.kubeconfig}", which holds the address of the API server, not found`,
    {
      hint: "Run this command on a control plane node, or pass the cluster's configuration with --config.",
    },
  );
}

/** `kubeconfig user`: prints a kubeconfig for an additional user, and writes no files. */
export async function user(command: CommandContext, request: UserRequest): Promise<Outcome> {
  check(request);
  const { host } = command.system;
  const { cluster, server } = await clusterOf(command, request);
  const pair = await readPair(host, { cluster }, AUTHORITY);
  if (!pair.certificates) {
    const { certificate } = pkiPaths(cluster, AUTHORITY);
    throw new UserError(`Cannot create a kubeconfig: CA certificate "${certificate}" not found`, {
      hint: "Run this command on a control plane node, or pass the cluster's configuration with --config.",
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
      `the validity period ${writtenPeriod} is longer than a year: anyone with the certificate has access until it expires`,
    );
  }
  if (organizations.includes("system:masters")) {
    command.warn(
      "members of system:masters bypass authorization: their access cannot be revoked before the certificate expires",
    );
  }
  const authority = signingAuthority({ cluster }, AUTHORITY, pair);
  const why = await whyCannotSign(authority, command.system.host.now());
  if (why) {
    const where = pkiPaths(cluster, AUTHORITY).certificate;
    throw new InvalidInput("Cannot create a kubeconfig:", [{ where, what: why }]);
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
  if (trouble) {
    throw new InvalidInput("Cannot create a kubeconfig:", [{ where, what: `cannot sign it: it ${trouble}` }]);
  }
  return { clientCertPem: certificatePem(certificate), clientKeyPem: await privateKeyPem(keys) };
}
