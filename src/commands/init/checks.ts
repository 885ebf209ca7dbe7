import { ADDONS } from "../../cluster/addons/table.ts";
import { inspectUpload, problemsOf } from "../../node/pki/external.ts";
import { inspectKubeconfigs } from "../../node/pki/kubeconfigs.ts";
import { inspectPki } from "../../node/pki/certificates.ts";
import { InvalidInput, type Problem } from "../../errors.ts";
import { patchedStaticPods } from "../../phases/control_plane.ts";
import type { Phase } from "../../phases/phase.ts";
import type { InitContext } from "./context.ts";

/** Refuses existing keys, certificates and kubeconfigs that do not match, before the first file is written. */
export const existingFiles: Phase<InitContext> = {
  name: "existing-files",
  summary: "check that existing keys, certificates and kubeconfigs match",
  async run(context) {
    const { host, node } = context;
    const findings = [...await inspectPki(host, node), ...await inspectKubeconfigs(host, node)];
    const problems = [
      ...problemsOf(node, findings),
      ...context.uploadCerts ? (await inspectUpload(host, node)).problems : [],
    ];
    if (problems.length > 0) {
      throw new InvalidInput("Cannot use existing files on this host:", problems);
    }
  },
};

/** Refuses patches that cannot be applied, before the first file is written. */
export const patches: Phase<InitContext> = {
  name: "patches",
  summary: "check that every patch (--patches) can be applied",
  when: ({ config }) => config.patchesDirectory !== undefined,
  async run(context) {
    const { config, patch } = context;
    const attempts: (() => unknown)[] = [
      () => patchedStaticPods(context),
      async () => patch("kubeletconfiguration", await context.kubeletConfiguration()),
      ...[ADDONS.coredns, ADDONS["kube-proxy"]].filter((addon) => addon.wanted(config))
        .map((addon) => () => addon.objects({ ...context.node, kubeProxy: config.kubeProxy, patch })),
    ];
    const problems: Problem[] = [];
    for (const attempt of attempts) {
      try {
        await attempt();
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error;
        problems.push(...error.problems);
      }
    }
    if (problems.length > 0) throw new InvalidInput("Cannot apply patches:", problems);
  },
};
