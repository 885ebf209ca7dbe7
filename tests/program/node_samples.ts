/**
 * Kubelets' certificates, and Nodes as kubelets report them, for tests of whose a Node is.
 *
 * @module
 */

import { certificatePem } from "../../src/pki/certificate.ts";
import { issueAuthority, issueLeaf } from "../../src/pki/issue.ts";
import { generateKeyPair } from "../../src/pki/keys.ts";
import type { KubeObject } from "../../src/system.ts";

const PERIOD = { notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: new Date("2027-01-01T00:00:00Z") };

/** An authority of a cluster, and what it signs for kubelets. */
export async function clusterAuthority() {
  const keys = await generateKeyPair("ECDSA-P256");
  const certificate = await issueAuthority("kubernetes", PERIOD, keys);
  return {
    caPem: certificatePem(certificate),
    /** The PEM text of a kubelet's client certificate. */
    async kubeletPem(commonName: string): Promise<string> {
      const { publicKey } = await generateKeyPair("ECDSA-P256");
      const request = {
        ...PERIOD,
        commonName,
        organizations: ["system:nodes"],
        usages: ["client" as const],
        dnsNames: [],
        ipAddresses: [],
      };
      return certificatePem(await issueLeaf(request, publicKey, { certificate, keys }));
    },
  };
}

/** What a machine has once. */
export const MACHINE = {
  "/etc/machine-id": "0123456789abcdef0123456789abcdef\n",
  "/sys/class/dmi/id/product_uuid": "4C4C4544-0042-3510-8051-B4C04F4E4D31\n",
  "/proc/sys/kernel/random/boot_id": "9d1f8f0e-7a3b-4a52-9c2e-0d6c1b5f8a11\n",
};

/** The Node that a kubelet on that machine reports, with parts of it otherwise. */
export function nodeObject(
  name: string,
  { info = {}, ready = true, address = "192.0.2.10", providerID }: {
    info?: Record<string, string>;
    ready?: boolean;
    address?: string;
    providerID?: string;
  } = {},
): KubeObject {
  const [machineID, systemUUID, bootID] = Object.values(MACHINE).map((text) => text.trim());
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name },
    spec: providerID === undefined ? {} : { providerID },
    status: {
      nodeInfo: { machineID, systemUUID, bootID, ...info },
      conditions: [{ type: "Ready", status: ready ? "True" : "Unknown" }],
      addresses: [{ type: "InternalIP", address }, { type: "Hostname", address: name }],
    },
  };
}

/** A kubeconfig of an administrator, or with the kubelet's certificate in a file. */
export function kubeconfigOf(caPem: string, user: Record<string, string>, server = "https://192.0.2.9:6443"): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "kubernetes", cluster: { server, "certificate-authority-data": btoa(caPem) } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "x", context: { cluster: "kubernetes", user: "u" } }],
    "current-context": "x",
  });
}
