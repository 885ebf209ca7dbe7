import { CONFIG, CRI_SOCKET, DRY_RUN, flag, KUBECONFIG, path, PRINTER_FLAGS, sets } from "../cli/flags.ts";
import type { Parsed } from "../cli/parse.ts";
import { kubeconfigOf, nameOf, settingsOf, textOf, type TextSource } from "../cli/options.ts";
import type { Command } from "./command.ts";

const CERT_DIR = {
  ...sets(
    path("cert-dir", "<dir>", "where keys and certificates are (/etc/kubernetes/pki)"),
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

/** Where the cluster's configuration is to be looked for. */
async function sourceOf(parsed: Parsed, source: TextSource) {
  return {
    configText: await textOf(parsed, "config", source),
    configName: nameOf(parsed, "config"),
    kubeconfig: kubeconfigOf(parsed),
    settings: await settingsOf(parsed, source),
  };
}

/** `certs` and what belongs to it. */
export const CERTS_COMMANDS: readonly Command[] = [
  {
    spec: {
      name: "certs check-expiration",
      operands: "",
      maxOperands: 0,
      summary: "show until when the certificates of this host are good",
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
      changesHost: true,
      operands: "all|NAME…",
      choices: ["all", ...CERTIFICATE_NAMES],
      maxOperands: 20,
      summary: "renew certificates with new keys: all, admin.conf, apiserver, etcd-server and so on",
      output: "events",
      flags: [
        CERT_DIR,
        CONFIG,
        CRI_SOCKET,
        DRY_RUN,
        KUBECONFIG,
        flag("restart", "then restart the static pods of this host that use them, one after another"),
      ],
      examples: ["kubewright certs renew all --restart", "kubewright certs renew apiserver admin.conf"],
    },
    async run({ parsed, source, context }) {
      const { renew } = await import("../commands/certs/renew.ts");
      return await renew(context, {
        ...await sourceOf(parsed, source),
        names: parsed.operands,
        restart: parsed.switch("restart") === true,
        criSocket: parsed.text("cri-socket"),
        dryRun: parsed.switch("dry-run") === true,
      });
    },
  },
  {
    spec: {
      name: "certs generate-csr",
      changesHost: true,
      operands: "",
      maxOperands: 0,
      summary: "make every key, and the requests for an authority whose key is kept elsewhere",
      output: "events",
      flags: [
        CERT_DIR,
        CONFIG,
        DRY_RUN,
        path("kubeconfig-dir", "<dir>", "where the kubeconfigs go (/etc/kubernetes)"),
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
      operands: "",
      maxOperands: 0,
      summary: "print a new key, with which certificates can be uploaded for other control plane nodes",
      output: "document",
      flags: [],
      examples: ["kubewright certs certificate-key"],
    },
    run: async () => (await import("../commands/certs/certificate_key.ts")).certificateKey(),
  },
];
