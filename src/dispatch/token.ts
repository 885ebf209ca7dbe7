import {
  CERTIFICATE_KEY,
  CERTIFICATE_KEY_FILE,
  DRY_RUN,
  duration,
  flag,
  KUBECONFIG,
  list,
  PRINTER_FLAGS,
  sets,
  text,
} from "../cli/flags.ts";
import { certificateKeyOf, kubeconfigOf, settingsOf } from "../cli/options.ts";
import type { Command } from "./command.ts";

/** Flags that kubeadm has of `token` itself, where they mean nothing. */
const UNUSED_DRY_RUN = flag("dry-run", "taken for kubeadm's sake, without effect: nothing is changed in any case");
const UNUSED_KUBECONFIG = text(
  "kubeconfig",
  "<file>",
  "taken for kubeadm's sake, without effect (/etc/kubernetes/admin.conf)",
);

/** `token` and what belongs to it. */
export const TOKEN_COMMANDS: readonly Command[] = [
  {
    spec: {
      name: "token create",
      operands: "[TOKEN]",
      operand: { label: "TOKEN", sets: ["InitConfiguration.bootstrapTokens[0].token"] },
      maxOperands: 1,
      summary: "make a bootstrap token, with which hosts can join",
      output: "document",
      flags: [
        CERTIFICATE_KEY,
        CERTIFICATE_KEY_FILE,
        sets(
          text("description", "<text>", "what the token is for"),
          "InitConfiguration.bootstrapTokens[0].description",
        ),
        DRY_RUN,
        sets(
          list("groups", "<groups>", "groups that the token gives (system:bootstrappers:kubeadm:default-node-token)"),
          "InitConfiguration.bootstrapTokens[0].groups",
        ),
        KUBECONFIG,
        flag(
          "print-join-command",
          "print the whole command that joins a worker (with a certificate key: a control plane node), not only the token",
        ),
        sets(
          duration("ttl", "how long the token is good (24h0m0s; 0 is for ever)"),
          "InitConfiguration.bootstrapTokens[0].ttl",
        ),
        sets(
          list("usages", "<usages>", "what the token is good for (signing,authentication)"),
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
      operands: "",
      maxOperands: 0,
      summary: "list the bootstrap tokens that the cluster knows",
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
      operands: "TOKEN…",
      maxOperands: 100,
      summary: "take bootstrap tokens back, by id or in full",
      output: "document",
      flags: [DRY_RUN, KUBECONFIG],
      examples: ["kubewright token delete abcdef"],
    },
    async run({ parsed, context }) {
      const { remove } = await import("../commands/token.ts");
      return await remove(context, parsed.operands, kubeconfigOf(parsed), parsed.switch("dry-run") === true);
    },
  },
  {
    spec: {
      name: "token generate",
      operands: "",
      maxOperands: 0,
      summary: "print a new token that no cluster knows yet",
      output: "document",
      flags: [UNUSED_DRY_RUN, UNUSED_KUBECONFIG],
      examples: ["kubewright token generate"],
    },
    run: async () => (await import("../commands/token.ts")).generate(),
  },
];
