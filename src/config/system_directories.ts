/** Directories that belong to the system, so that nobody may have emptied one by naming it. @module */

const SYSTEM =
  /^\/(bin|boot|dev|etc|home|lib(32|64|x32)?|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var|etc\/(pki|ssl|systemd|cni|containerd|ssh)|etc\/ssl\/(certs|private)|etc\/pki\/(tls|ca-trust)|usr\/(bin|lib|lib32|lib64|libexec|local|sbin|share)|usr\/local\/(bin|lib|sbin|share)|var\/(cache|lib|log|opt|run|spool|tmp)|home\/[^/]+)$/;

/** The path without `.`, doubled and trailing slashes; `..` stays, as it may lead anywhere. */
export function cleanPath(path: string): string {
  return `/${path.split("/").filter((part) => part !== "" && part !== ".").join("/")}`;
}

/** Whether a path, judged by its text, is a directory of the system, the root, or below one of the kernel's. */
export function isSystemDirectory(path: string): boolean {
  const clean = cleanPath(path);
  return clean === "/" || SYSTEM.test(clean) || /^\/(proc|sys|dev)\//.test(clean);
}
