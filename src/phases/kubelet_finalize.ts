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

/** What the last touch to the kubelet needs. */
export interface KubeletFinalizeContext {
  host: Host;
  nodeRegistration: Pick<NodeRegistration, "name" | "kubeletExtraArgs">;
  /** The cluster's CA. */
  caPem(): Promise<string>;
  note(message: string): void;
}

/** How long (ms) the kubelet may take to store its client certificate; it does so right after its start. */
const STORED_MS = 60_000;

/** A stored certificate that is not this node's: the kubelet was refused with it, and is not going to get another. */
async function checkIdentity(context: KubeletFinalizeContext): Promise<void> {
  const { host, nodeRegistration: { name, kubeletExtraArgs } } = context;
  const problem = await kubeletIdentityProblem(host, {
    name,
    kubeletExtraArgs,
    caPem: await context.caPem() || undefined,
  });
  if (problem === undefined) return;
  throw new UserError(`Cannot let the kubelet use "${problem.where}": it ${problem.what}`, {
    hint: [problem.hint ?? "", "Then rerun the command."].filter(Boolean),
  });
}

/**
 * Lets kubelet.conf name the file that the kubelet rotates its certificate in, instead of holding a certificate that
 * expires after a year.
 */
export const kubeletFinalize: Phase<KubeletFinalizeContext> = {
  name: "kubelet-finalize",
  summary: "let the kubelet go on with certificates that it renews itself",
  phases: [{
    name: "enable-client-cert-rotation",
    summary: "refer kubelet.conf to the kubelet's own rotated certificate",
    async run(context) {
      const { host, nodeRegistration, note } = context;
      if (!await rotatesCertificate(host, nodeRegistration.kubeletExtraArgs)) {
        return note("the kubelet does not renew its certificate (rotateCertificates): kubelet.conf stays as it is");
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
            : { done: false, state: "the file is not there yet" },
      });
      await checkIdentity(context);
      await host.put({ path: KUBELET_FILES.kubeconfig, mode: 0o600, secret: true, content: wanted });
      await host.services.restart(KUBELET_SERVICE);
    },
  }],
};
