/**
 * Rules between the fields of InitConfiguration and JoinConfiguration, and between them and the cluster and the host.
 * @module
 */
import { classify, contains, formatCidr, parseAddress } from "./addresses.ts";
import { hasScheme } from "./defaults.ts";
import type { Report } from "./schema.ts";
import type * as t from "./types.ts";
import { parseGoUrl } from "./url.ts";
import type { Warn } from "./validate_components.ts";

/** What cannot be told apart or is missing on this host. */
export function validateNodeRegistration(
  node: t.NodeRegistration,
  facts: t.Facts,
  path: string,
  report: Report,
): void {
  if (node.name === "") {
    report(`${path}.name`, "is required: this host has no name", (label) => `Give ${label(`${path}.name`)}.`);
  }
  validateHostSettings(node, facts, path, report);
}

/** What every command that works on a host is told: the socket, and the checks to pass over. */
export function validateHostSettings(
  settings: Pick<t.NodeRegistration, "criSocket" | "ignorePreflightErrors">,
  facts: Pick<t.Facts, "criSockets">,
  path: string,
  report: Report,
): void {
  if (settings.criSocket === "") {
    const sockets = facts.criSockets.join(", ");
    const first = facts.criSockets[0];
    report(
      `${path}.criSocket`,
      `is required: several container runtimes answer on this host: ${sockets}`,
      (label) => `Choose one: ${label(`${path}.criSocket`)}=${first}`,
    );
  }
  const ignored = settings.ignorePreflightErrors;
  if (ignored.includes("all") && ignored.length > 1) {
    report(`${path}.ignorePreflightErrors`, '"all" stands alone; leave out the names of single checks');
  }
}

/** Warns of a socket that is written as a path; kubeadm calls that deprecated. */
export function warnOfSocket(given: string | undefined, path: string, warn: Warn): void {
  if (given && !hasScheme(given)) {
    warn(`${path}.criSocket`, `"${given}" has no scheme, which is deprecated; write unix://${given}`);
  }
}

/** Most characters of a label's value, kubernetes.io/hostname among them. */
const LONGEST_LABEL = 63;

/** Warns of a name that no kubelet can register with: kubeadm takes it. */
export function warnOfName(name: string, path: string, warn: Warn): void {
  if (name.length <= LONGEST_LABEL) return;
  warn(
    `${path}.name`,
    `has ${name.length} characters; a kubelet registers with at most ${LONGEST_LABEL}, the length of the label kubernetes.io/hostname`,
  );
}

/**
 * Whether the API server can be reached at its address.
 * @param mayLack whether it is for a host that is not known yet, so that the address may be missing.
 */
export function validateApiEndpoint(
  endpoint: t.ApiEndpoint,
  facts: Pick<t.Facts, "noDefaultAddress">,
  path: string,
  report: Report,
  mayLack = false,
): void {
  const { advertiseAddress } = endpoint;
  const address = parseAddress(advertiseAddress);
  if (advertiseAddress === "") {
    if (mayLack) return;
    report(
      `${path}.advertiseAddress`,
      `is required: ${facts.noDefaultAddress ?? "this host has no default route to take the address from"}`,
      (label) => `Give ${label(`${path}.advertiseAddress`)}.`,
    );
  } else if (address && classify(address) === "loopback") {
    report(
      `${path}.advertiseAddress`,
      `"${advertiseAddress}" is a loopback address, and interface lo has no other; others have to reach this host at it`,
    );
  }
}

/** Rules between the first API server and the networks. Networks that are wrong in themselves are left to their own check. */
export function validateFirstApiServer(endpoint: t.ApiEndpoint, cluster: t.ClusterConfiguration, report: Report): void {
  const path = "InitConfiguration.localAPIEndpoint.advertiseAddress";
  const address = parseAddress(endpoint.advertiseAddress);
  const services = cluster.networking.serviceSubnet;
  const [first] = services;
  if (!address || !first) return;
  if (address.family !== first.address.family) {
    // The API server refuses to start: it puts itself into Service "kubernetes", whose address is of the first network.
    report(
      path,
      `"${endpoint.advertiseAddress}" is of ${address.family}, but the first network of serviceSubnet is ${
        formatCidr(first)
      }; ` +
        "they have to be of one family",
    );
  }
  const inside = services.find((cidr) => contains(cidr, address));
  if (inside) report(path, `"${endpoint.advertiseAddress}" lies in serviceSubnet ${formatCidr(inside)}`);
}

export function validateBootstrapTokens(tokens: readonly t.BootstrapToken[], report: Report): void {
  tokens.forEach((token, i) => {
    const path = `InitConfiguration.bootstrapTokens[${i}]`;
    if (token.token === "" && tokens.length > 1) report(`${path}.token`, "is required where there are several tokens");
    if (token.ttl !== undefined && token.expires !== undefined) {
      report(path, "has both ttl and expires; only one of them can say when it ends");
    }
    if (token.groups.length > 0 && !token.usages.includes("authentication")) {
      report(`${path}.groups`, 'are given, but usages does not include "authentication"');
    }
  });
}

/** Whether the ways to the cluster are complete, and at most one. */
export function validateDiscovery(discovery: t.JoinConfiguration["discovery"], report: Report): void {
  const path = "JoinConfiguration.discovery";
  const { bootstrapToken, file } = discovery;
  if (!bootstrapToken && !file) {
    report(path, "is required: bootstrapToken or file", (label) => {
      const [host, token] = ["apiServerEndpoint", "token"].map((field) => label(`${path}.bootstrapToken.${field}`));
      return `Give ${host} with ${token}, or ${label(`${path}.file.kubeConfigPath`)}.`;
    });
  }
  if (bootstrapToken && file) {
    report(path, "has both bootstrapToken and file; only one of them can lead to the cluster");
  }
  if (bootstrapToken && bootstrapToken.caCertHashes.length === 0 && !bootstrapToken.unsafeSkipCAVerification) {
    report(
      `${path}.bootstrapToken.caCertHashes`,
      "is required: without it, whoever knows the token can pass for the cluster",
      (label) =>
        `\`kubewright init\` printed it; ${label(`${path}.bootstrapToken.unsafeSkipCAVerification`)} goes without.`,
    );
  }
  if (file?.kubeConfigPath) validateDiscoveryFile(file.kubeConfigPath, `${path}.file.kubeConfigPath`, report);
}

/** As kubeadm: what has no scheme is a path. Who holds the URL's credentials is not asked: servers that want some are refused. */
function validateDiscoveryFile(text: string, path: string, report: Report): void {
  const url = parseGoUrl(text);
  if (url?.hasUser || /\/\/[^/]*@/.test(text)) {
    return report(path, "holds a user name or password; the discovery file is fetched without credentials");
  }
  if (url?.scheme === "" || url?.scheme === "https" && url.hostname !== "") return;
  report(path, `${JSON.stringify(text)} is neither a path nor an https URL`);
}
