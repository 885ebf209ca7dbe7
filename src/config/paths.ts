/**
 * Makes a path of the command line absolute, so that it does not depend on the working directory. A trailing slash stays,
 * because such a path names no file.
 * @param directory the working directory.
 */
export function absolutePath(path: string, directory: string): string {
  const clean = cleanPath(path.startsWith("/") ? path : `${directory}/${path}`);
  return path.endsWith("/") && clean !== "/" ? `${clean}/` : clean;
}

/**
 * Cleans an absolute path like Go's path.Clean: without `.`, `..`, doubled slashes and a trailing slash. Other paths stay
 * unchanged, for the check to report. Paths of a configuration are cleaned once, when they are read, because they become parts
 * of flags, mounts and other paths.
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
