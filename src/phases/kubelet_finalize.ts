import { argument } from "../cluster/arguments.ts";
import { kubeconfigWithClientFile } from "../cluster/kubeconfigs.ts";
import { rotatedCertificate } from "../cluster/kubelet.ts";
import { KUBELET_SERVICE } from "../cluster/kubelet_unit.ts";
import { KUBELET_FILES } from "../cluster/paths.ts";
import type { NodeRegistration } from "../config/types.ts";
import { parseDocuments } from "../config/yaml.ts";
import type { Host } from "../system.ts";
import type { Phase } from "./phase.ts";

/** What the last touch to the kubelet needs. */
export interface KubeletFinalizeContext {
  host: Host;
  nodeRegistration: Pick<NodeRegistration, "kubeletExtraArgs">;
  note(message: string): void;
}

/** How long (ms) the kubelet may take to store its client certificate; it does so right after its start. */
const STORED_MS = 60_000;

/** Whether the kubelet renews its certificate: its configuration always says so, unless a patch or a flag took it out. */
async function rotates({ host, nodeRegistration }: KubeletFinalizeContext): Promise<boolean> {
  const flag = argument(nodeRegistration.kubeletExtraArgs, "rotate-certificates");
  if (flag !== undefined) return flag !== "false";
  const text = await host.readText(KUBELET_FILES.configuration);
  const [document] = text === undefined ? [] : parseDocuments(text, KUBELET_FILES.configuration);
  return document?.body["rotateCertificates"] === true;
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
      if (!await rotates(context)) {
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
        probe: async () =>
          await host.stat(stored)
            ? { done: true, value: undefined }
            : { done: false, state: "the file is not there yet" },
      });
      await host.write(KUBELET_FILES.kubeconfig, wanted, 0o600, { secret: true });
      await host.run({ argv: ["systemctl", "restart", KUBELET_SERVICE] });
    },
  }],
};
