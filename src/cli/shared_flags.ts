/**
 * Flags that more than one command has.
 * @module
 */
import { parseBoolean } from "../config/flag_values.ts";
import { mustBe, quoted } from "../config/wording.ts";
import { type Flag, flag, ignored, list, text } from "./flags.ts";

/** What kubeadm's printing commands take in addition to `--output`. */
export const PRINTER_FLAGS: readonly Flag[] = [
  ignored(flag("allow-missing-template-keys", ""), "templates are not supported"),
  ignored(flag("show-managed-fields", ""), "managed fields are never printed"),
];

/** Reads `A=true,B=false` as kubeadm does: spaces around names and values, and empty parts, do not count. */
export function readFeatureGates(given: unknown): { value: unknown } | { problem: string } {
  const pairs = String(given).split(",").filter(Boolean).map((part) => {
    const at = part.indexOf("=");
    return [part.slice(0, at).trim(), at < 1 ? undefined : parseBoolean(part.slice(at + 1).trim())] as const;
  });
  return pairs.every(([name, value]) => name !== "" && value !== undefined)
    ? { value: Object.fromEntries(pairs) }
    : { problem: mustBe("of the form Name=true,Other=false", quoted(String(given))) };
}

/** `--config`. */
export const CONFIG = text(
  "config",
  "<file>",
  "kubeadm configuration file (kubeadm.k8s.io/v1beta4); - reads standard input",
  { example: "cluster.yaml" },
);
/** `--cri-socket`. */
export const CRI_SOCKET = text("cri-socket", "<socket>", "socket of the container runtime", {
  default: "the only socket found on this host",
  example: "unix:///run/containerd/containerd.sock",
});
/** `--node-name`. */
export const NODE_NAME: Flag = {
  ...text("node-name", "<name>", "name of this node", { default: "the host name" }),
  besideConfig: true,
};
/** `--dry-run`. */
export const DRY_RUN: Flag = { ...flag("dry-run", "list every change without making it"), besideConfig: true };
/** `--ignore-preflight-errors`. */
export const IGNORE: Flag = {
  ...list(
    "ignore-preflight-errors",
    "<checks>",
    "preflight checks whose errors are reported as warnings, separated by commas, or all",
    { example: "Swap,NumCPU" },
  ),
  adds: true,
  besideConfig: true,
};
/** `--skip-phases`. @param example phases of the command. */
export const skipPhases = (example: string): Flag => ({
  ...list("skip-phases", "<phases>", "phases to skip, separated by commas", { example }),
  besideConfig: true,
});
/** `--patches`. */
export const PATCHES = text(
  "patches",
  "<dir>",
  "directory of patch files, named target[suffix][+strategic|+merge|+json].yaml or .json: kube-apiserver+merge.yaml",
);
/** `--certificate-key`. */
export const CERTIFICATE_KEY = text(
  "certificate-key",
  "<key>",
  "key that encrypts the uploaded certificates, 64 hexadecimal digits. " +
    "Other users can read command lines: prefer --certificate-key-file",
);
/** `--certificate-key-file`. */
export const CERTIFICATE_KEY_FILE = text(
  "certificate-key-file",
  "<file>",
  "file that holds the certificate key; - reads standard input",
);
/** `--token-file`, where the token is a bootstrap token. */
export const TOKEN_FILE = text(
  "token-file",
  "<file>",
  "file that holds the bootstrap token; - reads standard input",
);
/** `--kubeconfig`. */
export const KUBECONFIG = text("kubeconfig", "<file>", "kubeconfig of an administrator", {
  default: "/etc/kubernetes/admin.conf",
});
