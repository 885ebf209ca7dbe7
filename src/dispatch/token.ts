import { duration, flag, ignored, list, type ParentSpec, sets, text } from "../cli/flags.ts";
import { CERTIFICATE_KEY, CERTIFICATE_KEY_FILE, DRY_RUN, KUBECONFIG, PRINTER_FLAGS } from "../cli/shared_flags.ts";
import { certificateKeyOf, kubeconfigOf, settingsOf } from "../cli/options.ts";
import type { Command } from "./command.ts";

/** Flags of kubeadm's `token` that its subcommands inherit without using them. */
const UNUSED_DRY_RUN = ignored(flag("dry-run", ""), "this command makes no changes");
const UNUSED_KUBECONFIG = ignored(KUBECONFIG, "this command does not connect to a cluster");

/** `token`. */
export const TOKEN_PARENT: ParentSpec = {
  name: "token",
  group: "tokens",
  summary: "create, list and delete the bootstrap tokens that hosts join with",
};

/** `token` and what belongs to it. */
export const TOKEN_COMMANDS: readonly Command[] = [
  {
    spec: {
      name: "token create",
      group: "tokens",
      summary: "create a bootstrap token for hosts to join with",
      description: [
        "TOKEN is the token to create, such as abcdef.0123456789abcdef; without it a new one is generated. Other " +
        "users can read command lines: prefer a generated token.",
      ],
      args: "[TOKEN]",
      argument: { label: "TOKEN", sets: ["InitConfiguration.bootstrapTokens[0].token"] },
      maxArgs: 1,
      output: "document",
      flags: [
        CERTIFICATE_KEY,
        CERTIFICATE_KEY_FILE,
        sets(
          text("description", "<text>", "purpose of the token, shown by kubewright token list", { example: "rack 7" }),
          "InitConfiguration.bootstrapTokens[0].description",
        ),
        DRY_RUN,
        sets(
          list("groups", "<groups>", "groups that the token authenticates as, separated by commas", {
            default: "system:bootstrappers:kubeadm:default-node-token",
          }),
          "InitConfiguration.bootstrapTokens[0].groups",
        ),
        KUBECONFIG,
        flag(
          "print-join-command",
          "print the complete join command instead of the token; with a certificate key, that of a control plane node",
        ),
        sets(
          duration("ttl", "token lifetime; 0 means the token never expires", { default: "24h0m0s", example: "2h" }),
          "InitConfiguration.bootstrapTokens[0].ttl",
        ),
        sets(
          list("usages", "<usages>", "purposes that the token is valid for", { default: "signing,authentication" }),
          "InitConfiguration.bootstrapTokens[0].usages",
        ),
      ],
      examples: [
        "kubewright token create --print-join-command",
        "kubewright token create --ttl 2h --description 'rack 7'",
      ],
    },
    async run({ parsed, source, context }) {
      const { create } = await import("../commands/token.ts");
      return await create(context, {
        settings: await settingsOf(parsed, source),
        certificateKey: await certificateKeyOf(parsed, source),
        printJoinCommand: parsed.switch("print-join-command") === true,
        kubeconfig: kubeconfigOf(parsed),
        dryRun: parsed.switch("dry-run") === true,
      });
    },
  },
  {
    spec: {
      name: "token list",
      group: "tokens",
      summary: "list the bootstrap tokens of the cluster",
      description: ["The tokens are printed in full. Anyone with a token can add a node to the cluster."],
      args: "",
      maxArgs: 0,
      output: "document",
      flags: [UNUSED_DRY_RUN, KUBECONFIG, ...PRINTER_FLAGS],
      examples: ["kubewright token list", "kubewright token list --output json | jq -r .token"],
    },
    run: async ({ parsed, context }) =>
      await (await import("../commands/token.ts")).list(context, kubeconfigOf(parsed)),
  },
  {
    spec: {
      name: "token delete",
      group: "tokens",
      summary: "delete bootstrap tokens, so that no more hosts can join with them",
      description: ["TOKEN is a token, or its id: the six characters before the dot. Nodes that have joined stay."],
      args: "TOKEN…",
      maxArgs: 100,
      output: "document",
      flags: [DRY_RUN, KUBECONFIG],
      examples: ["kubewright token delete abcdef"],
    },
    async run({ parsed, context }) {
      const { remove } = await import("../commands/token.ts");
      return await remove(context, parsed.args, kubeconfigOf(parsed), parsed.switch("dry-run") === true);
    },
  },
  {
    spec: {
      name: "token generate",
      group: "tokens",
      summary: "print a new token without adding it to a cluster",
      description: ["Use it with kubewright init --token-file, or in a configuration file."],
      args: "",
      maxArgs: 0,
      output: "document",
      flags: [UNUSED_DRY_RUN, UNUSED_KUBECONFIG],
      examples: ["kubewright token generate"],
    },
    run: async () => (await import("../commands/token.ts")).generate(),
  },
];
