import { kubeconfigWithClientFile } from "../cluster/kubeconfigs.ts";
import { KUBELET_SERVICE } from "../cluster/kubelet_unit.ts";
import { KUBELET_FILES } from "../cluster/paths.ts";
import type { Host } from "../system.ts";
import type { Phase } from "./phase.ts";

/** What the last touch to the kubelet needs. */
export interface KubeletFinalizeContext {
  host: Host;
}

/** How long (ms) the kubelet may take to store its client certificate; it does so right after its start. */
const STORED_MS = 60_000;

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
    async run({ host }) {
      const kubeconfig = await host.readText(KUBELET_FILES.kubeconfig) ?? "";
      const wanted = kubeconfigWithClientFile(kubeconfig, KUBELET_FILES.kubeconfig, KUBELET_FILES.clientCertificate);
      if (wanted === kubeconfig) return;
      await host.wait<void>({
        what: `the kubelet to store its client certificate in ${KUBELET_FILES.clientCertificate}`,
        timeoutMs: STORED_MS,
        assume: undefined,
        probe: async () =>
          await host.stat(KUBELET_FILES.clientCertificate)
            ? { done: true, value: undefined }
            : { done: false, state: "the file is not there yet" },
      });
      await host.write(KUBELET_FILES.kubeconfig, wanted, 0o600);
      await host.run({ argv: ["systemctl", "restart", KUBELET_SERVICE] });
    },
  }],
};
