/** Directories that belong to the system, which no configuration may cause to be emptied. @module */

const SYSTEM =
  /^\/(bin|boot|dev|etc|home|lib(32|64|x32)?|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var|etc\/(pki|ssl|systemd|cni|containerd|ssh)|etc\/ssl\/(certs|private)|etc\/pki\/(tls|ca-trust)|usr\/(bin|lib|lib32|lib64|libexec|local|sbin|share)|usr\/local\/(bin|lib|sbin|share)|var\/(cache|lib|log|opt|run|spool|tmp)|home\/[^/]+)$/;

/** The path without `.`, doubled and trailing slashes; `..` stays, because links decide where it leads. */
export function cleanPath(path: string): string {
  return `/${path.split("/").filter((part) => part !== "" && part !== ".").join("/")}`;
}

/** Whether the text of a path names a system directory, the root, or a path below a directory of the kernel. */
export function isSystemDirectory(path: string): boolean {
  const clean = cleanPath(path);
  return clean === "/" || SYSTEM.test(clean) || /^\/(proc|sys|dev)\//.test(clean);
}
