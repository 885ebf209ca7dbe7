/**
 * Errors of the Kubernetes API, from its answers.
 * @module
 */
import { KubeError } from "../system/kube_error.ts";
import { oneLine } from "../text/visible.ts";
import { isRecord } from "./objects.ts";

/** What to do about an answer, by HTTP status. */
const HINTS: Readonly<Record<number, string>> = {
  401: "The API server rejects these credentials: the certificate or token has expired or belongs to another cluster.",
  403: "These credentials are valid, but do not allow this. Show what they allow: kubectl auth can-i --list",
  507: "The storage of the cluster (etcd) is full.",
};

/**
 * The error for an HTTP answer that is not a success.
 * @param action `apply`, `get`, followed by `subject` (`Secret kube-system/x`) in quotes.
 * @param secret Omits the server's free text, which may quote values; field paths stay.
 */
export function errorOfAnswer(
  action: string,
  subject: string,
  answer: { status: number; body: string },
  secret: boolean,
): KubeError {
  const parsed = parseStatus(answer.body);
  const reason = oneLine(textOf(parsed.reason) ?? "");
  const causes = isRecord(parsed.details) && Array.isArray(parsed.details.causes) ? parsed.details.causes : [];
  const fields = causes.filter(isRecord).map((cause) =>
    oneLine(`${textOf(cause.field) ?? "?"} (${textOf(cause.reason) ?? "invalid"})`)
  );
  const text = secret ? fields.join(", ") : oneLine(textOf(parsed.message) ?? answer.body.trim().slice(0, 500));
  const state = [`${answer.status}`, reason].filter((part) => part !== "").join(" ");
  const hint = HINTS[answer.status];
  return new KubeError(
    `Cannot ${action} "${subject}": the API server answers ${state}${text === "" ? "" : `: ${text}`}`,
    { status: answer.status, reason },
    hint === undefined ? {} : { hint },
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The answer as a `v1 Status`, whose fields may be anything; empty when it is not one. */
function parseStatus(body: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body);
    if (isRecord(parsed) && parsed.kind === "Status") return parsed;
  } catch {
    // not JSON: the answer of a proxy
  }
  return {};
}

/** Whether there was no answer: no server listens there, or not our API server. */
export function isAbsentServer(error: KubeError): boolean {
  return error.status === 0;
}
