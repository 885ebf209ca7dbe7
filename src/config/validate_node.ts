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
import { reachable } from "./validators.ts";
import { deprecated, exclusive, mustBe, mustNot, quoted, required, requires } from "./wording.ts";

/** Whether the node has a name, and which container runtime it uses. */
export function validateNodeRegistration(
  node: t.NodeRegistration,
  facts: t.Facts,
  path: string,
  report: Report,
): void {
  if (node.name === "") {
    report(`${path}.name`, required("this host has no host name"), (label) => `Set ${label(`${path}.name`)}.`);
  }
  validateHostSettings(node, facts, path, report);
}

/** The settings of every command that works on a host: the socket and the checks to ignore. */
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
      required(`several container runtimes answer on this host: ${sockets}`),
      (label) => `Choose one: ${label(`${path}.criSocket`)}=${first}`,
    );
  }
  validateIgnoredChecks(settings.ignorePreflightErrors, path, report);
}

/** Whether the names of checks to ignore are single checks, or `all` alone. */
export function validateIgnoredChecks(names: readonly string[], path: string, report: Report): void {
  if (!names.includes("all") || names.length === 1) return;
  report(`${path}.ignorePreflightErrors`, exclusive('"all"', "the names of checks"));
}

/** Warns of a socket that is written as a path, which is deprecated in kubeadm. */
export function warnOfSocket(given: string | undefined, path: string, warn: Warn): void {
  if (given && !hasScheme(given)) {
    warn(`${path}.criSocket`, deprecated(`${quoted(given)} without a scheme`, quoted(`unix://${given}`)));
  }
}

/** The most characters of a label value, such as that of kubernetes.io/hostname. */
const LONGEST_LABEL = 63;

/** Warns of a name that no kubelet can register with, although kubeadm accepts it. */
export function warnOfName(name: string, path: string, warn: Warn): void {
  if (name.length <= LONGEST_LABEL) return;
  warn(
    `${path}.name`,
    `has ${name.length} characters; the kubelet cannot register a Node with more than ${LONGEST_LABEL}, ` +
      "the limit of the label kubernetes.io/hostname",
  );
}

/**
 * Whether other hosts can reach the API server at its address.
 * @param mayLack whether the address may be missing because the host is unknown.
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
      required(facts.noDefaultAddress ?? "this host has no default route to take the address from"),
      (label) => `Set ${label(`${path}.advertiseAddress`)}.`,
    );
  } else if (address && classify(address) === "loopback") {
    report(`${path}.advertiseAddress`, mustBe(reachable("loopback"), quoted(advertiseAddress)));
  }
}

/** Rules between the first API server and the networks. Invalid networks are reported by their own check. */
export function validateFirstApiServer(endpoint: t.ApiEndpoint, cluster: t.ClusterConfiguration, report: Report): void {
  const path = "InitConfiguration.localAPIEndpoint.advertiseAddress";
  const address = parseAddress(endpoint.advertiseAddress);
  const services = cluster.networking.serviceSubnet;
  const [first] = services;
  if (!address || !first) return;
  if (address.family !== first.address.family) {
    // The API server would not start: it is the endpoint of Service "kubernetes", whose address is in the first network.
    const expected = `an ${first.address.family} address like the first network of serviceSubnet "${
      formatCidr(first)
    }"`;
    report(path, mustBe(expected, quoted(endpoint.advertiseAddress)));
  }
  const inside = services.find((cidr) => contains(cidr, address));
  if (inside) {
    report(path, mustNot(`be in serviceSubnet "${formatCidr(inside)}"`, quoted(endpoint.advertiseAddress)));
  }
}

export function validateBootstrapTokens(tokens: readonly t.BootstrapToken[], report: Report): void {
  tokens.forEach((token, i) => {
    const path = `InitConfiguration.bootstrapTokens[${i}]`;
    if (token.token === "" && tokens.length > 1) report(`${path}.token`, required("there are several tokens"));
    if (token.ttl !== undefined && token.expires !== undefined) {
      report(path, exclusive("ttl", "expires"));
    }
    if (token.groups.length > 0 && !token.usages.includes("authentication")) {
      report(`${path}.groups`, requires('"authentication" in usages'));
    }
  });
}

/** Whether exactly one way of discovery is configured, and completely. */
export function validateDiscovery(discovery: t.JoinConfiguration["discovery"], report: Report): void {
  const path = "JoinConfiguration.discovery";
  const { bootstrapToken, file } = discovery;
  if (!bootstrapToken && !file) {
    report(path, required("join needs a bootstrap token or a file to find the cluster"), (label) => {
      const [host, token] = ["apiServerEndpoint", "token"].map((field) => label(`${path}.bootstrapToken.${field}`));
      return `Set ${host} and ${token}, or ${label(`${path}.file.kubeConfigPath`)}.`;
    });
  }
  if (bootstrapToken && file) {
    report(path, exclusive("bootstrapToken", "file"));
  }
  if (bootstrapToken && bootstrapToken.caCertHashes.length === 0 && !bootstrapToken.unsafeSkipCAVerification) {
    report(
      `${path}.bootstrapToken.caCertHashes`,
      required("without it anyone who has the token can impersonate the cluster"),
      (label) =>
        "`kubewright init` prints it. To skip this verification (unsafe): " +
        label(`${path}.bootstrapToken.unsafeSkipCAVerification`),
    );
  }
  if (file?.kubeConfigPath) validateDiscoveryFile(file.kubeConfigPath, `${path}.file.kubeConfigPath`, report);
}

/** As in kubeadm, a text without a scheme is a path. Credentials in a URL are rejected: the file is fetched without any. */
function validateDiscoveryFile(text: string, path: string, report: Report): void {
  const url = parseGoUrl(text);
  if (url?.hasUser || /\/\/[^/]*@/.test(text)) {
    return report(path, mustNot("contain a user name or password"));
  }
  if (url?.scheme === "" || url?.scheme === "https" && url.hostname !== "") return;
  report(path, mustBe("a path or an https URL", quoted(text)));
}
