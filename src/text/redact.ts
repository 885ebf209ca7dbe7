/**
 * The one place that recognizes secrets in text from other programs. Our own content is declared secret by its writer
 * (`secret`); this is for errors, logs and answers that quote more than they should.
 * @module
 */

/** Ends of names whose value is a secret. */
const NAMES =
  "(?:password|passwd|passphrase|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|client-key-data|certificate-?key)";

/** Parameters of the Kubernetes API that only describe the request. */
const HARMLESS = new Set(
  ("allowWatchBookmarks dryRun fieldManager fieldSelector fieldValidation force gracePeriodSeconds labelSelector limit " +
    "pretty propagationPolicy resourceVersion resourceVersionMatch timeout timeoutSeconds verbose watch").split(" "),
);

/**
 * A URL's query and fragment without their values; a fragment without values is an anchor. Punctuation after the URL belongs
 * to the surrounding text.
 */
function withoutValues(_: string, url: string, found: string): string {
  let end = found.length;
  while (end > 1 && ")]}.,:;!?".includes(found[end - 1]!)) end--;
  const [rest, behind] = [found.slice(0, end), found.slice(end)];
  if (rest.startsWith("?") && !rest.includes("=") && !HARMLESS.has(rest.slice(1))) return `${url}?<secret>${behind}`;
  const shown = rest.replace(
    /([^?&;#=]*)=[^&;#]+/g,
    (parameter, name: string) => HARMLESS.has(name) ? parameter : `${name}=<secret>`,
  );
  return url + shown + behind;
}

type Rule = readonly [RegExp, string | typeof withoutValues];

/** Possible secrets, and their replacements, the more exact ones first. Repetitions have bounds, because the text comes from
 * other programs and must not be able to make this slow. */
const SECRETS: readonly Rule[] = [
  // A private key, also one that is cut off, or whose line ends are escaped.
  [/(-{5}BEGIN [A-Z0-9 ]*PRIVATE KEY-{5})[\s\S]*?(-{5}END [A-Z0-9 ]*-{5}|$)/g, "<private key>"],
  // The same in base64, as kubeconfigs and Secrets hold it: "-----BEGIN [RSA |EC |ENCRYPTED ]PRIVATE KEY".
  [
    /LS0tLS1CRUdJTi(?:BSU0EgUFJJ|BQUklWQVRF|BFQyBQUklW|BFTkNSWVBURUQg)[\w+/=-]*/g,
    "<private key>",
  ],
  // The credentials of a URL, and what its query and fragment hold.
  [
    /\b([a-z][a-z0-9+.-]{0,20}:\/\/)(?:[^\s/?#"'<>]{0,500}|[^\s"'/@<>:]{0,200}:[^\s"'@<>]{0,500})@(?!sha\d+:)/gi,
    "$1<secret>@",
  ],
  // The same without a scheme, as Go accepts for a proxy and as people write hosts: user:password@host, at the beginning of a
  // word. A name@host without a colon is a context or a mail address, and after the @ of an image is a digest.
  [
    /(?<![^\s"'`=(,[{|;])(?!mailto:|[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s"'`/@<>:=(),;[\]{}|]{0,200}:[^\s"'`<>]{1,500}@(?!sha\d+\b|[a-z0-9+._-]{1,40}:[0-9a-f]{32})(?=[\w[.-])/gi,
    "<secret>@",
  ],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s"'<>?#]{0,1000})([?#][^\s"'<>]+)/gi, withoutValues],
  // HTTP credentials; in quotes up to the closing quote, because a value may contain line ends.
  [/((["'`])(?:[\w-]+: *)?(?:Bearer|Basic)) +(?!auth|constraint)(?:(?!\2)[\s\S]){4,4000}?(?=\2)/gi, "$1 <secret>"],
  [
    /\b(Bearer|Basic) +(?!auth|token|realm|credential|scheme|constraint|<)[^\s"'<]{6,}(?:\\?\n[^\s"'<]{6,})?/gi,
    "$1 <secret>",
  ],
  [/\b((?:Set-)?Cookie: *|Authorization: *)(?!Bearer|Basic|<)[^\s"'][^\n"']*/g, "$1<secret>"],
  // A JSON Web Token: a service account's.
  [/\beyJ[\w-]{8,500}(?:\.[\w-]*){1,4}/g, "<token>"],
  // A bootstrap token, whose first half is not secret.
  [/(?<![a-z0-9.])([a-z0-9]{6})\.[a-z0-9]{16}(?![a-z0-9]|[.-][a-z0-9])/gi, "$1.<secret>"],
  // A certificate key: 64 digits that are not a digest, an ID of a container runtime, or a part of a file's path, which a
  // person must be able to read (`/var/lib/kubewright/replaced/…`, a container's mount).
  [
    /(?<!sha\d{3}[:-]|:\/\/|(?:container|sandbox|sandboxid|containerid|snapshot|task|shim|blob|layer|id)\W{0,4}|[0-9a-f])[0-9a-f]{64}(?![0-9a-f])(?<!(?:^|[\s"'(])\/(?:[^\s/"'?#]{1,255}\/){0,40}[0-9a-f]{64})/gim,
    "<64 hexadecimal digits>",
  ],
  // name=value, "name": "value"; after a colon only values that do not occur in sentences.
  [new RegExp(`(${NAMES}["']?=["']?)(?![<-])[^\\s"',}&]{6,}`, "gi"), "$1<secret>"],
  [new RegExp(`(${NAMES}\\\\?["'] *: *\\\\?["'])(?!<)[^\\s"'\\\\]{4,}`, "gi"), "$1<secret>"],
  [new RegExp(`(${NAMES}: +)(?![<"'])(?=[^\\s"',}]*[0-9])[^\\s"',}]{6,}`, "gi"), "$1<secret>"],
];

/** In logs of programs: any word after a colon. */
const IN_LOGS: readonly Rule[] = [
  [new RegExp(`(${NAMES}["']?\\s*:\\s*["']?)(?!<)[^\\s"',}]{6,}`, "gi"), "$1<secret>"],
];

/** In written content, such as a manifest: the value of a variable or an argument, by its name in the line before. */
const IN_CONTENT: readonly Rule[] = [
  [
    new RegExp(`("?name"?: *"?[\\w.-]{0,200}${NAMES}"?,?\\s{1,200}"?value"?: *"?)(?![<"])[^\\n"]+`, "gi"),
    "$1<secret>",
  ],
];
/** A name whose value is a secret. */
const SECRET_NAME = new RegExp(`${NAMES}$`, "i");

function without(secrets: readonly Rule[], text: string): string {
  return secrets.reduce((shown, [pattern, instead]) => shown.replace(pattern, instead as string), text);
}

/** Our own message as it may be shown, without anything that looks like a token, password, certificate key or private key. */
export function withoutSecrets(text: string): string {
  return without(SECRETS, text);
}

/** A line of a log or journal as it may be shown: more words count as secrets than in messages, which are sentences. */
export function logWithoutSecrets(text: string): string {
  return without(IN_LOGS, without(SECRETS, text));
}

/** Deepest nesting of content that is searched. */
const DEEPEST = 64;

/** Content that a change writes, text or an object, as it may be shown: without passwords and other secrets. */
export function contentWithoutSecrets(content: unknown, depth = 0): unknown {
  if (typeof content === "string") return without(IN_CONTENT, without(SECRETS, content));
  if (typeof content !== "object" || content === null) return content;
  if (depth > DEEPEST) return "<too deep>";
  if (Array.isArray(content)) return content.map((item) => contentWithoutSecrets(item, depth + 1));
  const entries = Object.entries(content);
  const isSecret = "name" in content && SECRET_NAME.test(String(content.name)) && "value" in content;
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      isSecret && name === "value" ? "<secret>" : contentWithoutSecrets(value, depth + 1),
    ]),
  );
}
