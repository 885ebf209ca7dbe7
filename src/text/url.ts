/** Names in the paths of URLs. Any layer may import this. @module */
import { UserError } from "../errors.ts";

/**
 * A name as one escaped segment of a URL's path.
 * @throws {UserError} for an empty name, `.` and `..`, which a path treats specially.
 */
export function pathSegment(name: string): string {
  if (name !== "" && !/^\.\.?$/.test(name)) return encodeURIComponent(name.toWellFormed());
  throw new UserError(`Cannot request "${name}": invalid object name`);
}
