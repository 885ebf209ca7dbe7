/**
 * The one place that knows what a secret looks like in text that somebody else wrote. What we write ourselves is declared
 * secret by its writer (`secret`); this is for errors, logs and answers that quote more than they should.
 * @module
 */

/** Ends of names whose value is a secret. */
const NAMES =
  "(?:password|passwd|passphrase|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|client-key-data|certificate-?key)";

/** Parameters of the Kubernetes API that say what is asked for. */
const HARMLESS = new Set(
  ("allowWatchBookmarks dryRun fieldManager fieldSelector fieldValidation force gracePeriodSeconds labelSelector limit " +
    "pretty propagationPolicy resourceVersion resourceVersionMatch timeout timeoutSeconds verbose watch").split(" "),
);

/**
 * A URL's query and fragment without their values; a fragment without any names a place in a page. What ends a sentence or
 * closes a bracket behind the URL belongs to the text around it.
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

/** What may be a secret, and what stands in its place; the order matters, as the earlier ones are the more exact. Repetitions
 * have bounds, since somebody else writes the text: it must not be able to make this slow. */
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
  // The same without a scheme, as Go takes a proxy's address and people write a host: user:password@host, at the beginning of
  // a word. A name@host without a colon is a context or an address of mail, and behind the @ of an image is a digest.
  [
    /(?<![^\s"'`=(,[{|;])(?!mailto:|[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s"'`/@<>:=(),;[\]{}|]{0,200}:[^\s"'`<>]{1,500}@(?!sha\d+\b|[a-z0-9+._-]{1,40}:[0-9a-f]{32})(?=[\w[.-])/gi,
    "<secret>@",
  ],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s"'<>?#]{0,1000})([?#][^\s"'<>]+)/gi, withoutValues],
  // HTTP's credentials; in quotes up to the end of them, as a value may hold line ends.
  [/((["'`])(?:[\w-]+: *)?(?:Bearer|Basic)) +(?!auth|constraint)(?:(?!\2)[\s\S]){4,4000}?(?=\2)/gi, "$1 <secret>"],
  [
    /\b(Bearer|Basic) +(?!auth|token|realm|credential|scheme|constraint|<)[^\s"'<]{6,}(?:\\?\n[^\s"'<]{6,})?/gi,
    "$1 <secret>",
  ],
  [/\b((?:Set-)?Cookie: *|Authorization: *)(?!Bearer|Basic|<)[^\s"'][^\n"']*/g, "$1<secret>"],
  // A JSON Web Token: a service account's.
  [/\beyJ[\w-]{8,500}(?:\.[\w-]*){1,4}/g, "<token>"],
  // A bootstrap token, whose first half is no secret.
  [/(?<![a-z0-9.])([a-z0-9]{6})\.[a-z0-9]{16}(?![a-z0-9]|[.-][a-z0-9])/gi, "$1.<secret>"],
  // A certificate key: 64 digits that are no digest, not what a container runtime calls its own, and no part of the path
  // of a file, which somebody has to look at (`/var/lib/kubewright/replaced/…`, a mount of a container's).
  [
    /(?<!sha\d{3}[:-]|:\/\/|(?:container|sandbox|sandboxid|containerid|snapshot|task|shim|blob|layer|id)\W{0,4}|[0-9a-f])[0-9a-f]{64}(?![0-9a-f])(?<!(?:^|[\s"'(])\/(?:[^\s/"'?#]{1,255}\/){0,40}[0-9a-f]{64})/gim,
    "<64 hexadecimal digits>",
  ],
  // name=value, "name": "value"; after a colon only what no sentence says.
  [new RegExp(`(${NAMES}["']?=["']?)(?![<-])[^\\s"',}&]{6,}`, "gi"), "$1<secret>"],
  [new RegExp(`(${NAMES}\\\\?["'] *: *\\\\?["'])(?!<)[^\\s"'\\\\]{4,}`, "gi"), "$1<secret>"],
  [new RegExp(`(${NAMES}: +)(?![<"'])(?=[^\\s"',}]*[0-9])[^\\s"',}]{6,}`, "gi"), "$1<secret>"],
];

/** After a colon, in what a program wrote into a log: any word. */
const IN_LOGS: readonly Rule[] = [
  [new RegExp(`(${NAMES}["']?\\s*:\\s*["']?)(?!<)[^\\s"',}]{6,}`, "gi"), "$1<secret>"],
];

/** In what is written, such as a manifest: the value of a variable or an argument, by its name in the line before. */
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

/** A message of ours as it may be shown: what looks like a token, password, certificate key or private key is taken out. */
export function withoutSecrets(text: string): string {
  return without(SECRETS, text);
}

/** A line of a log or journal as it may be shown: more is taken for a secret, since nobody's sentences suffer from it. */
export function logWithoutSecrets(text: string): string {
  return without(IN_LOGS, without(SECRETS, text));
}

/** Deepest nesting of content that is looked into. */
const DEEPEST = 64;

/** What a change writes, text or an object, as it may be shown: who uses it has it exactly, who reads about it needs no password. */
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
