/**
 * Formats of single values. A check returns the expected format, to be worded by `mustBe`, or undefined for a valid value.
 * Patterns are those of Kubernetes' own validation; where a check is stricter, the reason is given.
 * @module
 */
import { type AddressClass, classify, parseAddress } from "./addresses.ts";
import { parseDuration } from "./duration.ts";
import { isImageReference } from "./image_reference.ts";
import { parseTime } from "./time.ts";
import { endsInNumber, parseGoUrl } from "./url.ts";

/** Returns what the text must be (`an absolute path`), or undefined when it is valid. */
export type Check = (text: string) => string | undefined;

const LABEL = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);

/** Digits and dots alone are a mistyped address, not a host name. */
const ADDRESS_LIKE = /^[\d.]+$/;

const SERVER_LABEL = "[A-Za-z0-9_](?:[-A-Za-z0-9_]{0,61}[A-Za-z0-9_])?";
const SERVER_NAME = new RegExp(`^${SERVER_LABEL}(?:\\.${SERVER_LABEL})*\\.?$`);

function pattern(form: RegExp, expected: string): Check {
  return (text) => form.test(text) ? undefined : expected;
}

/** RFC 1123 subdomain: node names, domains. */
export const dnsName: Check = (text) =>
  text.length <= 253 && SUBDOMAIN.test(text)
    ? undefined
    : 'a DNS name of at most 253 lowercase letters, digits, "-" and ".", starting and ending with a letter or digit';

/** RFC 1123 label: names of volumes. Only the kubelet would reject a wrong one, after the host was changed. */
export const dnsLabel: Check = (text) =>
  text.length <= 63 && new RegExp(`^${LABEL}$`).test(text)
    ? undefined
    : 'a name of at most 63 lowercase letters, digits and "-", starting and ending with a letter or digit';

/** A subject alternative name: DNS name, wildcard DNS name or IP address. */
export const certificateName: Check = (text) =>
  parseAddress(text) || dnsName(text.replace(/^\*\./, "")) === undefined && !ADDRESS_LIKE.test(text)
    ? undefined
    : 'an IP address or a DNS name, which may start with "*."';

/** What an address must be that is of a class other hosts cannot reach. */
export function reachable(kind: AddressClass): string {
  return `an IP address that other hosts can reach, not ${kind === "unspecified" ? "an" : "a"} ${kind} address`;
}

/** An IP address at which other hosts reach this one. The caller judges loopback addresses. */
export const reachableAddress: Check = (text) => {
  const address = parseAddress(text);
  if (!address) return "an IP address";
  const kind = classify(address);
  return kind === "global" || kind === "loopback" ? undefined : reachable(kind);
};

/** The host of an endpoint; the expected form is that of the whole endpoint. @param isName whether a text is a DNS name. */
function hostWith(isName: (host: string) => boolean): Check {
  return (host) => {
    if (parseAddress(host)) return;
    const looksLikeAddress = ADDRESS_LIKE.test(host) || endsInNumber(host);
    return !looksLikeAddress && isName(host) ? undefined : "an IP address or a DNS name, optionally with a port";
  };
}

/** The host of a cluster: it becomes a name in certificates, so it is an RFC 1123 subdomain, as in kubeadm. */
export const endpointHost: Check = hostWith((host) => dnsName(host) === undefined);

/** The host of a server, with any name that DNS allows: upper case, underscores, a trailing dot. */
export const serverHost: Check = hostWith((host) => host.replace(/\.$/, "").length <= 253 && SERVER_NAME.test(host));

/** `id.secret`. https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/cluster-bootstrap/token/api/types.go */
export const bootstrapToken = pattern(
  /^[a-z0-9]{6}\.[a-z0-9]{16}$/,
  'a bootstrap token of the form "[a-z0-9]{6}.[a-z0-9]{16}"',
);

/** A group that a bootstrap token authenticates as. */
export const bootstrapGroup = pattern(
  /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/,
  'a group that starts with "system:bootstrappers:" and continues with lowercase letters, digits, ":" and "-"',
);

/** The pin of a certificate authority: SHA-256 of its public key. */
export const caHash = pattern(/^sha256:[0-9a-f]{64}$/i, '"sha256:" followed by 64 hexadecimal digits');

/** The AES key of `upload-certs`. */
export const certificateKey = pattern(/^[0-9a-f]{64}$/i, "a certificate key of 64 hexadecimal digits");

export const absolutePath = pattern(/^\/[^\0]*$/, "an absolute path");

/** Where `join` writes the cluster's CA; kubeadm requires the extension. */
export const certificatePath = pattern(/^\/[^\0]*\.crt$/, 'an absolute path that ends in ".crt"');

/** A path without white space: the files that name the socket cannot hold any. */
export const criSocket: Check = (text) => {
  const url = parseGoUrl(text);
  const isLocal = url?.scheme === "unix" && url.host === "" && /^\/[^\0\s]+$/.test(url.path);
  return isLocal && !url.query && !url.fragment && text.startsWith("unix:///")
    ? undefined
    : "the URL of a local socket, such as unix:///run/containerd/containerd.sock";
};

/** The name of a component argument, without dashes: `--v` would become `----v`. */
export const argumentName = pattern(
  /^[A-Za-z0-9][A-Za-z0-9_.-]*$/,
  'an argument name of letters, digits, ".", "-" and "_", without "--" and "="',
);

export const environmentName = pattern(
  /^[\x20-\x3c\x3e-\x7e]+$/,
  'a variable name of printable ASCII characters without "="',
);

/** The part of an image reference before `/name:tag`. */
export const imageRepository: Check = (text) =>
  isImageReference(`${text}/name:tag`)
    ? undefined
    : "an image repository, registry[:port][/path], without a scheme, a tag or a trailing slash";

/** The part of an image reference after `name:`: a tag, optionally with a digest. */
export const imageTag: Check = (text) =>
  isImageReference(`name:${text}`)
    ? undefined
    : 'an image tag of at most 128 letters, digits, "_", "." and "-", optionally with a digest, tag@sha256:DIGEST';

/** The key of a label or taint: an optional DNS prefix and a name. */
export const qualifiedName: Check = (text) => {
  const [name, prefix, ...more] = text.split("/").reverse();
  const valid = /^[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/.test(name!) && more.length === 0 &&
    (prefix === undefined || dnsName(prefix) === undefined);
  return valid
    ? undefined
    : 'a key, [prefix/]name, with a DNS name as prefix and at most 63 letters, digits, "-", "_" and "." as name';
};

export const labelValue = pattern(
  /^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/,
  'a value of at most 63 letters, digits, "-", "_" and ".", starting and ending with a letter or digit',
);

/** RFC 3339 time, as Go reads it, in documents that are passed on as they are. */
export const timestamp: Check = (text) => parseTime(text) ? undefined : A_TIME;

/** What a time must be. */
export const A_TIME = "an RFC 3339 time such as 2027-01-31T12:00:00Z";

/** Go's duration text, in documents that are passed on as they are. */
export const durationText: Check = (text) => parseDuration(text) === undefined ? A_DURATION : undefined;

/** What a duration must be. */
export const A_DURATION = 'a duration such as "24h" or "1m30s"';
