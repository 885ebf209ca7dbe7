/**
 * A path of the command line as an absolute one, so that it means the same to whoever takes it. What names no file because
 * of a slash at its end still names none.
 * @param directory where relative ones begin.
 */
export function absolutePath(path: string, directory: string): string {
  const clean = cleanPath(path.startsWith("/") ? path : `${directory}/${path}`);
  return path.endsWith("/") && clean !== "/" ? `${clean}/` : clean;
}

/**
 * An absolute path as Go's path.Clean has it: without `.`, `..`, doubled slashes and a slash at its end. What is not
 * absolute stays, for the check to find. Paths of a configuration are cleaned once, when they are read, since they become
 * parts of flags, mounts and other paths.
 */
export function cleanPath(text: string): string {
  if (!text.startsWith("/")) return text;
  const parts: string[] = [];
  for (const part of text.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
