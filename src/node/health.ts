import type { HttpAnswer } from "../system.ts";
import { oneLine } from "../text/visible.ts";

/** The checks that a health endpoint (`/readyz?verbose`) says have failed. */
function failedChecks({ body }: HttpAnswer): string[] {
  return body.split("\n").filter((line) => line.startsWith("[-]")).map((line) => oneLine(line.slice(3)));
}

/** One line for a person: what a health endpoint answers, and what it says is missing. */
export function unhealthy(answer: HttpAnswer): string {
  const failed = failedChecks(answer);
  return `answers ${answer.status}${failed.length > 0 ? `, not yet: ${failed.join("; ")}` : ""}`;
}
