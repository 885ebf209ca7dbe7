import type { HttpAnswer } from "../system.ts";
import { oneLine } from "../text/visible.ts";

/** The checks that a health endpoint (`/readyz?verbose`) reports as failed: `etcd`, or `etcd failed: <reason>`. */
function failedChecks({ body }: HttpAnswer): string[] {
  return body.split("\n").filter((line) => line.startsWith("[-]"))
    .map((line) => oneLine(line.slice(3).replace(/ failed: reason withheld$/, "")));
}

/** One line for a person: the status that a health endpoint answers, and the checks that fail. */
export function unhealthy(answer: HttpAnswer): string {
  const failed = failedChecks(answer);
  return `answers ${answer.status}${failed.length > 0 ? `, failing checks: ${failed.join(", ")}` : ""}`;
}
