import { kubeconfigOf, nameOf, textOf, tokenOf } from "../cli/options.ts";
import { type CommandEntry, NO_PHASES } from "./entry.ts";

/** `kubeconfig …`. */
export const KUBECONFIG_ENTRIES: Readonly<Record<string, CommandEntry>> = {
  "kubeconfig user": {
    phases: NO_PHASES,
    async run({ parsed, source, context }) {
      const { user } = await import("../commands/kubeconfig.ts");
      return await user(context, {
        clientName: parsed.text("client-name") ?? "",
        organizations: parsed.list("org") ?? [],
        token: await tokenOf(parsed, source),
        validityPeriod: parsed.text("validity-period") ?? "8760h0m0s",
        configText: await textOf(parsed, "config", source),
        configName: nameOf(parsed, "config"),
        kubeconfig: kubeconfigOf(parsed),
        certificatesDir: undefined,
      });
    },
  },
};
