import type { Parsed } from "../cli/parse.ts";
import { kubeconfigOf, nameOf, textOf, type TextSource } from "../cli/options.ts";
import { type CommandEntry, NO_PHASES } from "./entry.ts";

/** Where the cluster's configuration is to be looked for. */
async function sourceOf(parsed: Parsed, source: TextSource) {
  return {
    configText: await textOf(parsed, "config", source),
    configName: nameOf(parsed, "config"),
    kubeconfig: kubeconfigOf(parsed),
    certificatesDir: parsed.text("cert-dir"),
  };
}

/** `certs …`. */
export const CERTS_ENTRIES: Readonly<Record<string, CommandEntry>> = {
  "certs check-expiration": {
    phases: NO_PHASES,
    async run({ parsed, source, context }) {
      const { checkExpiration } = await import("../commands/certs/check_expiration.ts");
      return await checkExpiration(context, await sourceOf(parsed, source));
    },
  },
  "certs renew": {
    phases: NO_PHASES,
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
  "certs generate-csr": {
    phases: NO_PHASES,
    async run({ parsed, source, context }) {
      const { generateCsr } = await import("../commands/certs/generate_csr.ts");
      return await generateCsr(context, {
        configText: await textOf(parsed, "config", source),
        configName: nameOf(parsed, "config"),
        certificatesDir: parsed.text("cert-dir"),
        kubeconfigDirectory: parsed.text("kubeconfig-dir"),
        dryRun: parsed.switch("dry-run") === true,
      });
    },
  },
  "certs certificate-key": {
    phases: NO_PHASES,
    run: async () => (await import("../commands/certs/certificate_key.ts")).certificateKey(),
  },
};
