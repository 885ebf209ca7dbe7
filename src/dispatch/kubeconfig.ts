import { duration, list, type ParentSpec, text } from "../cli/flags.ts";
import { CONFIG, KUBECONFIG } from "../cli/shared_flags.ts";
import { kubeconfigOf, nameOf, textOf, tokenOf } from "../cli/options.ts";
import type { Command } from "./command.ts";

/** `kubeconfig`. */
export const KUBECONFIG_PARENT: ParentSpec = {
  name: "kubeconfig",
  group: "certificates",
  summary: "create kubeconfigs for additional users",
};

/** `kubeconfig` and what belongs to it. */
export const KUBECONFIG_COMMANDS: readonly Command[] = [
  {
    spec: {
      name: "kubeconfig user",
      group: "certificates",
      summary: "print a kubeconfig for an additional user, with a client certificate or a token",
      description: [
        "Run it on a control plane node: the cluster CA in /etc/kubernetes/pki signs the client certificate. " +
        "Nothing is stored. Grant the user rights with a RoleBinding or a ClusterRoleBinding.",
      ],
      args: "",
      maxArgs: 0,
      output: "document",
      flags: [
        text("client-name", "<name>", "name of the user, the common name of the certificate; required", {
          example: "jane",
        }),
        CONFIG,
        KUBECONFIG,
        list("org", "<groups>", "groups of the user, the organizations of the certificate, separated by commas", {
          example: "developers,auditors",
        }),
        {
          ...text(
            "token",
            "<token>",
            "bearer token to use instead of a certificate. Other users can read command lines: prefer --token-file",
            { example: "31ada4fd-adec-460c-809a-9e56ceb75269" },
          ),
          needed: true,
        },
        text("token-file", "<file>", "file that holds the bearer token; - reads standard input"),
        duration("validity-period", "lifetime of the certificate", { default: "8760h0m0s", example: "720h" }),
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
