import { nameOf, operandsOf, settingsOf, textOf } from "../cli/options.ts";
import type { CommandEntry } from "./entry.ts";

const INIT: CommandEntry = {
  phases: async () => (await import("../commands/init.ts")).phaseNames(),
  async run({ parsed, source, context }) {
    const { init } = await import("../commands/init.ts");
    return await init(context, {
      configText: await textOf(parsed, "config", source),
      configName: nameOf(parsed, "config"),
      phase: operandsOf(parsed).phase,
      settings: await settingsOf(parsed, source),
      cni: parsed.text("cni"),
      uploadCerts: parsed.switch("upload-certs") === true,
      kubeconfig: parsed.text("kubeconfig"),
      kubeconfigDirectory: parsed.text("kubeconfig-dir"),
      printManifest: parsed.switch("print-manifest") === true,
      shown: {
        token: parsed.switch("skip-token-print") !== true,
        certificateKey: parsed.switch("skip-certificate-key-print") !== true,
      },
    });
  },
};

/** `init` and its phases. */
export const INIT_ENTRIES: Readonly<Record<string, CommandEntry>> = { init: INIT, "init phase": INIT };
