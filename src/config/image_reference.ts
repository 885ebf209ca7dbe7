/**
 * The grammar of image references that kubeadm, the kubelet and containerd share.
 * @see https://github.com/distribution/reference/blob/v0.6.0/regexp.go (and reference.go, for digests)
 * @module
 */

const COMPONENT = "[a-z0-9]+(?:(?:__|[._]|-+)[a-z0-9]+)*";
const NAME = `${COMPONENT}(?:/${COMPONENT})*`;
const LABEL = "(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)";
const DOMAIN = `(?:${LABEL}(?:\\.${LABEL})*|\\[[A-Fa-f0-9:]+\\])(?::[0-9]+)?`;
const TAG = "\\w[\\w.-]{0,127}";
const DIGEST = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[A-Fa-f0-9]{32,}";
const REFERENCE = new RegExp(`^(?:${DOMAIN}/)?${NAME}(?::${TAG})?(?:@(${DIGEST}))?$`);

/** Number of hexadecimal digits by algorithm; runtimes support no other algorithms. */
const DIGITS: ReadonlyMap<string, number> = new Map([["sha256", 64], ["sha384", 96], ["sha512", 128]]);

function isDigest(text: string): boolean {
  const [algorithm, digits] = text.split(":") as [string, string];
  return digits.length === DIGITS.get(algorithm) && /^[a-f0-9]+$/.test(digits);
}

/** Whether the text is a reference, `[domain[:port]/]name[:tag][@digest]`. */
export function isImageReference(text: string): boolean {
  const match = REFERENCE.exec(text);
  return match !== null && (match[1] === undefined || isDigest(match[1]));
}
