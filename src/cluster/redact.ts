/** What of a quoted line may be a secret, and what stands in its place. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z0-9]{6})\.[a-z0-9]{16}\b/g, "$1.<secret>"], // a bootstrap token
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, "<token>"], // a service account's
  [/\b(Bearer|Basic) +[^\s"']{6,}/gi, "$1 <secret>"],
  [/(-{5}BEGIN [A-Z ]*PRIVATE KEY-{5}).*?(-{5}END|$)/gs, "$1<secret>$2"],
  [/((?:password|passwd|secret|token|client-key-data)["']?\s*[=:]\s*["']?)(?!<)[^\s"',}]{6,}/gi, "$1<secret>"],
];

/** The text of a log or journal as it may be shown: what looks like a token, password or private key is taken out. */
export function withoutSecrets(text: string): string {
  return SECRETS.reduce((shown, [pattern, instead]) => shown.replace(pattern, instead), text);
}
