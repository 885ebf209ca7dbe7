import {
  CONFIG,
  CRI_SOCKET,
  DRY_RUN,
  flag,
  KUBECONFIG,
  list,
  path,
  PRINTER_FLAGS,
  readFeatureGates,
  sets,
  text,
} from "../cli/flags.ts";
import { nameOf, requiredText, settingsOf, textOf, type TextSource } from "../cli/options.ts";
import type { Parsed } from "../cli/parse.ts";
import type { Command } from "./command.ts";

const EXPERIMENTAL = flag("allow-experimental-api", "also read kubeadm.k8s.io/v1, which is experimental");

const experimental = (parsed: Parsed) => ({
  allowed: parsed.switch("allow-experimental-api") === true,
  label: `--${EXPERIMENTAL.name}`,
});

const IMAGES = [
  CONFIG,
  {
    ...sets(
      text("feature-gates", "<gates>", "feature gates of kubeadm, as Name=true,Other=false"),
      "ClusterConfiguration.featureGates",
    ),
    read: readFeatureGates,
  },
  sets(
    text("image-repository", "<repository>", "where images come from (registry.k8s.io)"),
    "ClusterConfiguration.imageRepository",
  ),
  sets(
    text(
      "kubernetes-version",
      "<version>",
      "version of the control plane (that of the kubelet here, or the newest known)",
    ),
    "ClusterConfiguration.kubernetesVersion",
  ),
];

/** One of the commands that print defaults. */
function printing(kind: string, document: string, withComponents: boolean): Command {
  const components = list(
    "component-configs",
    "<kinds>",
    "components whose defaults to print too: KubeProxyConfiguration, KubeletConfiguration",
  );
  return {
    spec: {
      name: `config print ${kind}-defaults`,
      operands: "",
      maxOperands: 0,
      summary: `print ${document} with nothing but defaults`,
      output: "document",
      flags: [...(withComponents ? [components] : []), KUBECONFIG],
      examples: [`kubewright config print ${kind}-defaults > ${kind}.yaml`],
    },
    async run({ parsed, context }) {
      const { printDefaults } = await import("../commands/config.ts");
      return printDefaults(context, kind, parsed.list("component-configs") ?? []);
    },
  };
}

async function imagesRequest(parsed: Parsed, source: TextSource) {
  return {
    configText: await textOf(parsed, "config", source),
    configName: nameOf(parsed, "config"),
    settings: await settingsOf(parsed, source),
  };
}

/** `config` and what belongs to it. */
export const CONFIG_COMMANDS: readonly Command[] = [
  printing("init", "an InitConfiguration and a ClusterConfiguration", true),
  printing("join", "a JoinConfiguration", false),
  printing("reset", "a ResetConfiguration", false),
  printing("upgrade", "an UpgradeConfiguration", false),
  {
    spec: {
      name: "config validate",
      operands: "",
      maxOperands: 0,
      summary: "check a configuration file, every document in it, and list all problems",
      output: "document",
      flags: [
        flag("allow-deprecated-api", "do not warn of kubeadm.k8s.io/v1beta3"),
        EXPERIMENTAL,
        CONFIG,
        KUBECONFIG,
      ],
      examples: ["kubewright config validate --config cluster.yaml"],
    },
    async run({ parsed, source, context }) {
      const file = await requiredText(parsed, "config", source);
      const { validate } = await import("../commands/config.ts");
      return validate(context, file, {
        allowDeprecated: parsed.switch("allow-deprecated-api") === true,
        experimental: experimental(parsed),
      });
    },
  },
  {
    spec: {
      name: "config migrate",
      operands: "",
      maxOperands: 0,
      summary: "convert a configuration file to kubeadm.k8s.io/v1beta4, with all defaults",
      output: "document",
      flags: [
        EXPERIMENTAL,
        DRY_RUN,
        KUBECONFIG,
        path("new-config", "<file>", "where to write it; absent: standard output"),
        text("old-config", "<file>", "the file to convert (v1beta3 or v1beta4), - for standard input"),
      ],
      examples: ["kubewright config migrate --old-config old.yaml --new-config new.yaml"],
    },
    async run({ parsed, source, context }) {
      const file = await requiredText(parsed, "old-config", source);
      const { migrate } = await import("../commands/config.ts");
      return await migrate(context, file, {
        experimental: experimental(parsed),
        newPath: parsed.text("new-config"),
        dryRun: parsed.switch("dry-run") === true,
      });
    },
  },
  {
    spec: {
      name: "config images list",
      operands: "",
      maxOperands: 0,
      summary: "list the images that a control plane runs",
      output: "document",
      flags: [...IMAGES, KUBECONFIG, ...PRINTER_FLAGS],
      examples: ["kubewright config images list --kubernetes-version v1.36.3"],
    },
    run: async ({ parsed, source, context }) =>
      await (await import("../commands/config.ts")).listImages(context, await imagesRequest(parsed, source)),
  },
  {
    spec: {
      name: "config images pull",
      operands: "",
      maxOperands: 0,
      summary: "pull the images that a control plane runs",
      output: "document",
      flags: [
        ...IMAGES,
        sets(CRI_SOCKET, "InitConfiguration.nodeRegistration.criSocket"),
        sets(DRY_RUN, "InitConfiguration.dryRun"),
        KUBECONFIG,
      ],
      examples: ["kubewright config images pull --config cluster.yaml"],
    },
    run: async ({ parsed, source, context }) =>
      await (await import("../commands/config.ts")).pullImages(context, await imagesRequest(parsed, source)),
  },
];
