import { flag, type ParentSpec, path, sets } from "../cli/flags.ts";
import { CONFIG, CRI_SOCKET, DRY_RUN, KUBECONFIG, PRINTER_FLAGS } from "../cli/shared_flags.ts";
import type { Parsed } from "../cli/parse.ts";
import { kubeconfigOf, nameOf, settingsOf, textOf, type TextSource } from "../cli/options.ts";
import type { Command } from "./command.ts";

const CERT_DIR = {
  ...sets(
    path("cert-dir", "<dir>", "directory of the keys and certificates", { default: "/etc/kubernetes/pki" }),
    "ClusterConfiguration.certificatesDir",
  ),
  besideConfig: true as const,
};

/** What can be renewed: kubeadm's names. */
const CERTIFICATE_NAMES = [
  "admin.conf",
  "apiserver",
  "apiserver-etcd-client",
  "apiserver-kubelet-client",
  "controller-manager.conf",
  "etcd-healthcheck-client",
  "etcd-peer",
  "etcd-server",
  "front-proxy-client",
  "scheduler.conf",
  "super-admin.conf",
];

/** Where to read the cluster's configuration. */
async function sourceOf(parsed: Parsed, source: TextSource) {
  return {
    configText: await textOf(parsed, "config", source),
    configName: nameOf(parsed, "config"),
    kubeconfig: kubeconfigOf(parsed),
    settings: await settingsOf(parsed, source),
  };
}

/** `certs`. */
export const CERTS_PARENT: ParentSpec = {
  name: "certs",
  group: "certificates",
  summary: "renew certificates, check when they expire, and create certificate signing requests",
};

/** `certs` and what belongs to it. */
export const CERTS_COMMANDS: readonly Command[] = [
  {
    spec: {
      name: "certs check-expiration",
      group: "certificates",
      summary: "show when the certificates of this host expire",
      description: [
        "Reports every certificate and kubeconfig of the control plane, and the CAs. The API server does not have " +
        "to run.",
      ],
      args: "",
      maxArgs: 0,
      output: "document",
      flags: [CERT_DIR, CONFIG, KUBECONFIG, ...PRINTER_FLAGS],
      examples: ["kubewright certs check-expiration", "kubewright certs check-expiration -o json"],
    },
    async run({ parsed, source, context }) {
      const { checkExpiration } = await import("../commands/certs/check_expiration.ts");
      return await checkExpiration(context, await sourceOf(parsed, source));
    },
  },
  {
    spec: {
      name: "certs renew",
      group: "certificates",
      summary: "renew all certificates of this host, or those named",
      description: [
        `NAME is one of ${CERTIFICATE_NAMES.join(", ")}.`,
        "Each certificate is issued again with a new key, by the CA on this host. Names, groups and usages are " +
        "those of the old certificate. The API server does not have to run. Components use a new certificate after " +
        "a restart: add --restart.",
      ],
      changesHost: true,
      args: "all|NAME…",
      choices: ["all", ...CERTIFICATE_NAMES],
      maxArgs: 20,
      output: "events",
      flags: [
        CERT_DIR,
        CONFIG,
        CRI_SOCKET,
        DRY_RUN,
        KUBECONFIG,
        flag("restart", "restart the static pods of this host that use the renewed certificates, one at a time"),
      ],
      examples: ["kubewright certs renew all --restart", "kubewright certs renew apiserver admin.conf"],
    },
    async run({ parsed, source, context }) {
      const { renew } = await import("../commands/certs/renew.ts");
      return await renew(context, {
        ...await sourceOf(parsed, source),
        names: parsed.args,
        restart: parsed.switch("restart") === true,
        criSocket: parsed.text("cri-socket"),
        dryRun: parsed.switch("dry-run") === true,
      });
    },
  },
  {
    spec: {
      name: "certs generate-csr",
      group: "certificates",
      summary: "create keys and certificate signing requests for an external CA",
      description: [
        "For a CA whose key is not on this host: put ca.crt, front-proxy-ca.crt and etcd/ca.crt into " +
        "/etc/kubernetes/pki, run this command, have the CA sign the requests, store each certificate next to its " +
        "request, then run kubewright init. Keys that exist are kept.",
      ],
      changesHost: true,
      args: "",
      maxArgs: 0,
      output: "events",
      flags: [
        CERT_DIR,
        CONFIG,
        DRY_RUN,
        path("kubeconfig-dir", "<dir>", "directory to write the kubeconfigs to", { default: "/etc/kubernetes" }),
      ],
      examples: ["kubewright certs generate-csr --cert-dir /root/csr/pki --kubeconfig-dir /root/csr"],
    },
    async run({ parsed, source, context }) {
      const { generateCsr } = await import("../commands/certs/generate_csr.ts");
      return await generateCsr(context, {
        configText: await textOf(parsed, "config", source),
        configName: nameOf(parsed, "config"),
        settings: await settingsOf(parsed, source),
        kubeconfigDirectory: parsed.text("kubeconfig-dir"),
        dryRun: parsed.switch("dry-run") === true,
      });
    },
  },
  {
    spec: {
      name: "certs certificate-key",
      group: "certificates",
      summary: "print a new certificate key for init --upload-certs",
      description: [
        "The key is 64 hexadecimal digits, and is not stored. Write it to a file and run kubewright init --upload-certs " +
        "--certificate-key-file FILE.",
      ],
      args: "",
      maxArgs: 0,
      output: "document",
      flags: [],
      examples: ["kubewright certs certificate-key"],
    },
    run: async () => (await import("../commands/certs/certificate_key.ts")).certificateKey(),
  },
];
