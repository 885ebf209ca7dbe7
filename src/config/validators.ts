/**
 * What single values have to look like. A check returns what is wrong as the end of a sentence that begins with the value
 * (`is not …`), or undefined. Patterns are those of Kubernetes' own validation; where we are stricter, the reason is given.
 * @module
 */
import { classify, parseAddress } from "./addresses.ts";
import { parseDuration } from "./duration.ts";
import { isImageReference } from "./image_reference.ts";
import { parseTime } from "./time.ts";
import { endsInNumber, parseGoUrl } from "./url.ts";

/** Returns what is wrong with the text, or undefined. */
export type Check = (text: string) => string | undefined;

const LABEL = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);

/** All digits and dots cannot be a host name: it is an address with a mistake in it. */
const ADDRESS_LIKE = /^[\d.]+$/;

const SERVER_LABEL = "[A-Za-z0-9_](?:[-A-Za-z0-9_]{0,61}[A-Za-z0-9_])?";
const SERVER_NAME = new RegExp(`^${SERVER_LABEL}(?:\\.${SERVER_LABEL})*\\.?$`);

function pattern(form: RegExp, wanted: string): Check {
  return (text) => form.test(text) ? undefined : wanted;
}

/** RFC 1123 subdomain: node names, domains. */
export const dnsName: Check = (text) =>
  text.length <= 253 && SUBDOMAIN.test(text)
    ? undefined
    : 'is not a DNS name: lower case letters, digits, "-" and ".", at most 253, beginning and ending with a letter or digit';

/** RFC 1123 label: names of volumes. A wrong one is found by the kubelet only, when the control plane does not start. */
export const dnsLabel: Check = (text) =>
  text.length <= 63 && new RegExp(`^${LABEL}$`).test(text)
    ? undefined
    : 'is not a name of at most 63 lower case letters, digits and "-", beginning and ending with a letter or digit';

/** A subject alternative name: DNS name, wildcard DNS name or IP address. */
export const certificateName: Check = (text) =>
  parseAddress(text) || dnsName(text.replace(/^\*\./, "")) === undefined && !ADDRESS_LIKE.test(text)
    ? undefined
    : "is neither an IP address nor a DNS name (which may begin with *.)";

/** An IP address that other hosts can reach this one at. */
export const reachableAddress: Check = (text) => {
  const address = parseAddress(text);
  if (!address) return "is not an IP address";
  const kind = classify(address);
  return kind === "global" || kind === "loopback"
    ? undefined
    : `is ${kind === "unspecified" ? "an" : "a"} ${kind} address; others have to reach this host at it`;
};

/** The host of an endpoint; what is wrong is said of the endpoint. @param isName what a name has to look like. */
function hostWith(isName: (host: string) => boolean): Check {
  return (host) => {
    if (parseAddress(host)) return;
    if (ADDRESS_LIKE.test(host) || endsInNumber(host)) return `has no valid IP address in it: "${host}"`;
    return isName(host) ? undefined : `has no valid host in it: "${host}" is no IP address or DNS name`;
  };
}

/** The host of a cluster: it becomes a name in certificates, so it is an RFC 1123 subdomain, as for kubeadm. */
export const endpointHost: Check = hostWith((host) => dnsName(host) === undefined);

/** The host of a server to ask, under any name that DNS can have: upper case, underscores, a dot at its end. */
export const serverHost: Check = hostWith((host) => host.replace(/\.$/, "").length <= 253 && SERVER_NAME.test(host));

/** `id.secret`. https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/cluster-bootstrap/token/api/types.go */
export const bootstrapToken = pattern(
  /^[a-z0-9]{6}\.[a-z0-9]{16}$/,
  "is not a bootstrap token: 6 lower case letters or digits, a dot, 16 more",
);

/** A group that a bootstrap token may authenticate as. */
export const bootstrapGroup = pattern(
  /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/,
  'is not a group of bootstrappers: "system:bootstrappers:" and lower case letters, digits, ":" and "-"',
);

/** The pin of a certificate authority: SHA-256 of its public key. */
export const caHash = pattern(/^sha256:[0-9a-f]{64}$/i, 'is not "sha256:" and 64 hexadecimal digits');

/** The AES key of `upload-certs`. */
export const certificateKey = pattern(/^[0-9a-f]{64}$/i, "is not a certificate key: 64 hexadecimal digits");

export const absolutePath = pattern(/^\/[^\0]*$/, "is not an absolute path");

/** Where `join` keeps the cluster's CA; kubeadm wants the ending. */
export const certificatePath = pattern(/^\/[^\0]*\.crt$/, "is not an absolute path that ends in .crt");

/** A path with white space in it does not survive the files that name it. */
export const criSocket: Check = (text) => {
  const url = parseGoUrl(text);
  const isLocal = url?.scheme === "unix" && url.host === "" && /^\/[^\0\s]+$/.test(url.path);
  return isLocal && !url.query && !url.fragment && text.startsWith("unix:///")
    ? undefined
    : "is not the URL of a local socket: unix:///path";
};

/** Component arguments are named without dashes; `--v` would come out as `----v`. */
export const argumentName = pattern(
  /^[A-Za-z0-9][A-Za-z0-9_.-]*$/,
  'is not the name of an argument: letters, digits, ".", "-" and "_", without "--" in front and without "="',
);

export const environmentName = pattern(/^[\x20-\x3c\x3e-\x7e]+$/, 'is not a name: printable ASCII without "="');

/** The part of an image reference before `/name:tag`. */
export const imageRepository: Check = (text) =>
  isImageReference(`${text}/name:tag`)
    ? undefined
    : "is not a repository: registry[:port][/path], without scheme, tag or slash at its end";

/** What stands behind `name:` in an image reference: a tag, and a digest if there is one. */
export const imageTag: Check = (text) =>
  isImageReference(`name:${text}`)
    ? undefined
    : 'is not an image tag: letters, digits, "_", "." and "-", at most 128; or a tag and a digest, tag@sha256:64 digits';

/** The key of a label or taint: an optional DNS prefix and a name. */
export const qualifiedName: Check = (text) => {
  const [name, prefix, ...more] = text.split("/").reverse();
  const valid = /^[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/.test(name!) && more.length === 0 &&
    (prefix === undefined || dnsName(prefix) === undefined);
  return valid ? undefined : "is not a key: [DNS name/]name, the name at most 63 letters, digits, -, _ and .";
};

export const labelValue = pattern(
  /^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/,
  "is not a value: at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit",
);

/** RFC 3339 time, as Go reads it, in documents that are passed on as they are. */
export const timestamp: Check = (text) => parseTime(text) ? undefined : NO_TIMESTAMP;

/** What is said of a text that is no time. */
export const NO_TIMESTAMP = "is not a time such as 2027-01-31T12:00:00Z";

/** Go's duration text, in documents that are passed on as they are. */
export const durationText: Check = (text) =>
  parseDuration(text) === undefined ? 'is not a duration such as "24h" or "1m30s"' : undefined;
