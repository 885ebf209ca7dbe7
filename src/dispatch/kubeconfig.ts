import { CONFIG, duration, KUBECONFIG, list, text } from "../cli/flags.ts";
import { kubeconfigOf, nameOf, textOf, tokenOf } from "../cli/options.ts";
import type { Command } from "./command.ts";

/** `kubeconfig` and what belongs to it. */
export const KUBECONFIG_COMMANDS: readonly Command[] = [
  {
    spec: {
      name: "kubeconfig user",
      operands: "",
      maxOperands: 0,
      summary: "print a kubeconfig for a further user, with a certificate of its own or a token",
      output: "document",
      flags: [
        text("client-name", "<name>", "the user's name; the common name of the certificate"),
        CONFIG,
        KUBECONFIG,
        list("org", "<groups>", "the user's groups; organizations of the certificate"),
        {
          ...text(
            "token",
            "<token>",
            "a token instead of a certificate. Others see command lines: prefer --token-file",
          ),
          needed: true,
        },
        text("token-file", "<file>", "file that holds the token, - for standard input"),
        duration("validity-period", "how long the certificate is good (8760h0m0s)"),
      ],
      examples: [
        "kubewright kubeconfig user --client-name jane --org developers --validity-period 720h >jane.conf",
      ],
    },
    async run({ parsed, source, context }) {
      const { user } = await import("../commands/kubeconfig.ts");
      return await user(context, {
        clientName: parsed.text("client-name") ?? "",
        organizations: parsed.list("org") ?? [],
        token: await tokenOf(parsed, source),
        validityPeriod: parsed.duration("validity-period"),
        writtenPeriod: parsed.written("validity-period"),
        configText: await textOf(parsed, "config", source),
        configName: nameOf(parsed, "config"),
        kubeconfig: kubeconfigOf(parsed),
        settings: {},
      });
    },
  },
];
