import { diagnoseKubelet, together } from "../node/diagnosis.ts";
import { kubeletIdentityProblem, rotatesCertificate } from "../node/kubelet/identity.ts";
import { kubeconfigWithClientFile } from "../cluster/pki/kubeconfigs.ts";
import { rotatedCertificate } from "../cluster/kubelet/configuration.ts";
import { KUBELET_SERVICE } from "../cluster/kubelet/unit.ts";
import { KUBELET_FILES } from "../cluster/paths.ts";
import type { NodeRegistration } from "../config/types.ts";
import { UserError } from "../errors.ts";
import type { Host } from "../system.ts";
import type { Phase } from "./phase.ts";

/** What the phase needs. */
export interface KubeletFinalizeContext {
  host: Host;
  nodeRegistration: Pick<NodeRegistration, "name" | "kubeletExtraArgs">;
  /** The CA of the cluster. */
  caPem(): Promise<string>;
  note(message: string): void;
}

/** Time limit (ms) for the kubelet to store its client certificate, which it does after its start. */
const STORED_MS = 60_000;

/** With a stored certificate of another node the kubelet is rejected and does not get a new one. */
async function checkIdentity(context: KubeletFinalizeContext): Promise<void> {
  const { host, nodeRegistration: { name, kubeletExtraArgs } } = context;
  const problem = await kubeletIdentityProblem(host, {
    name,
    kubeletExtraArgs,
    caPem: await context.caPem() || undefined,
  });
  if (problem === undefined) return;
  throw new UserError(`Cannot use "${problem.where}" for the kubelet: it ${problem.what}`, {
    hint: [problem.hint ?? "", "Then rerun the command."].filter(Boolean),
  });
}

/**
 * Replaces the certificate in kubelet.conf, which expires after a year, by the path of the certificate that the kubelet
 * renews.
 */
export const kubeletFinalize: Phase<KubeletFinalizeContext> = {
  name: "kubelet-finalize",
  summary: "switch the kubelet to the client certificate that it renews",
  phases: [{
    name: "enable-client-cert-rotation",
    summary: "set the renewed client certificate of the kubelet in kubelet.conf",
    async run(context) {
      const { host, nodeRegistration, note } = context;
      if (!await rotatesCertificate(host, nodeRegistration.kubeletExtraArgs)) {
        return note(
          "the kubelet does not renew its certificate (rotateCertificates is false): kubelet.conf is not changed",
        );
      }
      const stored = rotatedCertificate(nodeRegistration.kubeletExtraArgs);
      const kubeconfig = await host.readText(KUBELET_FILES.kubeconfig) ?? "";
      const wanted = kubeconfigWithClientFile(kubeconfig, KUBELET_FILES.kubeconfig, stored);
      if (wanted === kubeconfig) return;
      await host.wait<void>({
        what: `the kubelet to store its client certificate in ${stored}`,
        timeoutMs: STORED_MS,
        assume: undefined,
        explain: async () => together([await diagnoseKubelet(host, true)]),
        probe: async () =>
          await host.stat(stored)
            ? { done: true, value: undefined }
            : { done: false, state: "the file does not exist yet" },
      });
      await checkIdentity(context);
      await host.put({ path: KUBELET_FILES.kubeconfig, mode: 0o600, secret: true, content: wanted });
      await host.services.restart(KUBELET_SERVICE);
    },
  }],
};
