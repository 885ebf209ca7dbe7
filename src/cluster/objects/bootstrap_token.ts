/**
 * The Secrets of bootstrap tokens, which the API server uses for authentication.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/#bootstrap-token-secret-format
 * @module
 */
import { duration, milliseconds } from "../../config/duration.ts";
import { parseTime, type Timestamp } from "../../config/time.ts";
import type { BootstrapToken } from "../../config/types.ts";
import type { KubeObject } from "../../system.ts";

/** A Secret; `data` is base64. */
export interface Secret extends KubeObject {
  apiVersion: "v1";
  kind: "Secret";
  type: string;
  data: Record<string, string>;
}

/** Name of the Secret of a token. */
export function bootstrapTokenSecretName(token: string): string {
  return `bootstrap-token-${token.split(".")[0]}`;
}

/**
 * The Secret of a token created `now`. With `existing`, the Secret of that name in the cluster, an unexpired token keeps its
 * expiration: a rerun must not extend it.
 */
export function bootstrapTokenSecret(token: BootstrapToken, now: Date, existing?: KubeObject): Secret {
  const [id, secret] = token.token.split(".");
  const expiration = remaining(existing, now) ?? expirationOf(token, now);
  const data: Record<string, string> = {
    ...(token.groups.length > 0 ? { "auth-extra-groups": token.groups.join(",") } : {}),
    ...(token.description ? { description: token.description } : {}),
    ...(expiration ? { expiration } : {}),
    "token-id": id!,
    "token-secret": secret!,
    ...Object.fromEntries(token.usages.map((usage) => [`usage-bootstrap-${usage}`, "true"])),
  };
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: bootstrapTokenSecretName(token.token), namespace: "kube-system" },
    type: "bootstrap.kubernetes.io/token",
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encode(value)])),
  };
}

/**
 * The unexpired tokens in Secrets, sorted by expiration, the latest first. Secrets that the API server would reject are left
 * out.
 */
export function bootstrapTokens(secrets: readonly KubeObject[], now: Date): BootstrapToken[] {
  return secrets.flatMap((secret): BootstrapToken[] => {
    const data = decoded(secret);
    const text = (key: string) => data.get(key);
    const [id, half, end] = [text("token-id"), text("token-secret"), text("expiration")];
    const expires = end === undefined ? undefined : futureTime(end, now);
    if (!id || !half || end !== undefined && !expires) return [];
    const description = text("description");
    return [{
      token: `${id}.${half}`,
      ...(description === undefined ? {} : { description }),
      ...(expires === undefined ? { ttl: duration("0") } : { expires }),
      usages: ["signing", "authentication"].filter((usage) => text(`usage-bootstrap-${usage}`) === "true"),
      groups: text("auth-extra-groups")?.split(",") ?? [],
    }];
  }).sort((a, b) => endOf(b) - endOf(a));
}

/** The expiration of a token, in ms; a token that never expires sorts last. */
function endOf({ expires }: BootstrapToken): number {
  return expires?.milliseconds ?? Number.MAX_VALUE;
}

/** RFC 3339 in UTC, whole seconds; undefined: never. */
function expirationOf(token: BootstrapToken, now: Date): string | undefined {
  if (token.expires) return timestamp(new Date(token.expires.milliseconds));
  const lifetime = token.ttl === undefined ? 0 : milliseconds(token.ttl);
  return lifetime > 0 ? timestamp(new Date(now.getTime() + lifetime)) : undefined;
}

/** The expiration of an existing token, if it has not expired. */
function remaining(existing: KubeObject | undefined, now: Date): string | undefined {
  const text = existing && decoded(existing).get("expiration");
  return text === undefined ? undefined : futureTime(text, now)?.text;
}

/** The time if it is in the future. The API server treats an invalid time as expired. */
function futureTime(text: string, now: Date): Timestamp | undefined {
  const time = parseTime(text);
  return time && time.milliseconds > now.getTime() ? time : undefined;
}

function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

function encode(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}

/** The decoded data of the Secret, without invalid base64. */
function decoded({ data }: KubeObject): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(data ?? {})) {
    try {
      texts.set(key, new TextDecoder().decode(Uint8Array.fromBase64(value)));
    } catch {
      // invalid base64, or not text
    }
  }
  return texts;
}
