/** Names in the paths of URLs. Open to every room. @module */
import { UserError } from "../errors.ts";

/**
 * A name as one segment of a URL's path, whatever is in it.
 * @throws {UserError} for a name that is none there: an empty one, and `.` and `..`, which name the folder and the one above.
 */
export function pathSegment(name: string): string {
  if (name !== "" && !/^\.\.?$/.test(name)) return encodeURIComponent(name.toWellFormed());
  throw new UserError(`Cannot ask for "${name}": it is the name of no object`);
}
