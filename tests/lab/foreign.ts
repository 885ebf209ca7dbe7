/**
 * Keys, certificates and kubeconfigs of another cluster, as shell scripts that make them.
 *
 * @module
 */

/** Makes a self-signed authority as NAME.crt and NAME.key in the current directory. */
export const authority = (name: string) =>
  `openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=kubernetes -days 30 -keyout ${name}.key -out ${name}.crt 2>/dev/null; `;
/** Makes a certificate NAME that the authority SIGNER signs. */
export const leaf = (name: string, signer: string) =>
  `openssl req -newkey rsa:2048 -nodes -subj /CN=${name} -keyout ${name}.key -out ${name}.csr 2>/dev/null; ` +
  `openssl x509 -req -in ${name}.csr -CA ${signer}.crt -CAkey ${signer}.key -out ${name}.crt -days 30 2>/dev/null; rm ${name}.csr; `;

/** A kubeconfig that trusts the authority NAME. */
export const kubeconfig = (path: string, name: string) =>
  `printf 'apiVersion: v1\\nkind: Config\\nclusters: [{name: c, cluster: {server: "https://192.0.2.1:6443", ` +
  `certificate-authority-data: %s}}]\\nusers: [{name: u, user: {token: x}}]\\ncontexts: [{name: x, context: {cluster: c, ` +
  `user: u}}]\\ncurrent-context: x\\n' "$(base64 -w0 ${name}.crt)" >${path}; `;

export const PKI = "/etc/kubernetes/pki";
const NOT_OURS = ["another cluster", "No changes were made"];
/** What another cluster may have left on the host, as shell scripts in the folder of certificates. */
export const LEFT_ON_WORKER: readonly { cause: string; begin: string; code: number; says: readonly string[] }[] = [
  {
    cause: "the CA of another cluster is here",
    begin: `${authority("ca")}rm ca.key`,
    code: 3,
    says: [`${PKI}/ca.crt`, ...NOT_OURS],
  },
  {
    cause: "the kubelet is one of another cluster",
    begin: authority("/root/other") + kubeconfig("/etc/kubernetes/kubelet.conf", "/root/other"),
    code: 2,
    says: ["/etc/kubernetes/kubelet.conf", "FileAvailable--etc-kubernetes-kubelet.conf", ...NOT_OURS],
  },
  {
    cause: "static pods of another cluster are here",
    begin: "mkdir ../manifests; echo 'kind: Pod' >../manifests/etcd.yaml",
    code: 2,
    says: ["/etc/kubernetes/manifests", "DirAvailable--etc-kubernetes-manifests", ...NOT_OURS],
  },
];
