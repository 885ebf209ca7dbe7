/**
 * Differences from kubeadm that are meant. Everything else fails.
 *
 * @module
 */

import type { Allowance } from "./compare.ts";

/** What Go writes for fields that nobody set. */
const ZERO = new Set(['"0s"', "0", '"0"', "{}", "null", '""', "false"]);

export const ALLOWED: readonly Allowance[] = [
  {
    reason: "keyEncipherment only on RSA server certificates: RFC 5280 and 8813 allow it nowhere else",
    document: /\.(crt|conf)$/,
    path: /extensions\.\{Key Usage\}\.value\.\{Key Encipherment\}$/,
    when: ({ kubewright }) => kubewright === undefined,
  },
  {
    reason: "leaf certificates have a subject key identifier: RFC 5280 4.2.1.2",
    document: /\.(crt|conf)$/,
    path: /extensions\.\{Subject Key Identifier\}\.(critical|value)$/,
    when: ({ kubeadm }) => kubeadm === undefined,
  },
  {
    reason: "fields that nobody set are left out; Go writes their zero value, which means the same",
    document: /\.yaml$|^ConfigMap kube-system\/(kubelet-config|kube-proxy)$/,
    path: /^content\.yaml\.(?!spec)|^data\..*\.yaml\./,
    when: ({ kubeadm, kubewright }) => ZERO.has(kubeadm ?? "") && kubewright === undefined,
  },
  {
    reason: "a zero that the user wrote is kept; Go leaves it out, which means the same",
    document: /\/config\.yaml$|^ConfigMap kube-system\/(kubelet-config|kube-proxy)$/,
    path: /^content\.yaml\.|^data\..*\.yaml\./,
    when: ({ kubeadm, kubewright }) => ZERO.has(kubewright ?? "") && kubeadm === undefined,
  },
  {
    reason:
      "a kubeconfig's client certificate begins when it is made; kubeadm's begins with the CA, long before it is there",
    document: /\.conf$/,
    path: /client-certificate-data\[0\]\.notBefore$/,
    when: ({ kubewright }) => kubewright === '"start -5 min"',
  },
  {
    reason:
      "kubeconfigs trust the whole ca.crt, so that a CA can be replaced; kubeadm takes its first certificate only",
    document: /\.conf$/,
    path: /certificate-authority-data\.(certificates|sameAs(\[0\])?)$/,
    when: ({ path, kubewright }) => !path.includes("sameAs[") || kubewright === '"/etc/kubernetes/pki/ca.crt"',
  },
  {
    reason:
      "workers have a manifests folder, too: with kubeadm the kubelet's package brings it, and no kubelet starts well without",
    document: /^\/etc\/kubernetes\/manifests$/,
    path: /^$/,
    when: ({ kubeadm }) => kubeadm === undefined,
  },
  {
    reason: "the token that nobody asked for tells which program made it: a second init finds it again by that",
    document: /^Secret kube-system\/bootstrap-token-ID$/,
    path: /^data\.description$/,
  },
  {
    reason: "the phase of a disabled addon installs nothing; kubeadm's does when it is run alone, its init does not",
    configuration: "addons-disabled",
    document: /kube-proxy|node-proxier|coredns|kube-dns/,
    path: /^$/,
    when: ({ kubewright }) => kubewright === undefined,
  },
];
