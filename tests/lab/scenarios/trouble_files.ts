import { authority, kubeconfig, leaf } from "../foreign.ts";
import { CONFIG, prepare } from "../kubewright.ts";
import type { Scenario } from "../scenario.ts";
import { during, refused, succeeds } from "../trouble.ts";

const COMMAND = ["init", "--config", CONFIG];
const PKI = "/etc/kubernetes/pki";

/** What lies in the way, and what the refusal says about it. */
const CAUSES: readonly { name: string; begin: string; says: readonly (string | RegExp)[] }[] = [
  {
    name: "a CA with another key",
    begin: authority("ca") + authority("/root/other") + "cp /root/other.key ca.key",
    says: [`${PKI}/ca.key: is not the private key of ${PKI}/ca.crt`, "Restore the key"],
  },
  {
    name: "a certificate of another CA",
    begin: authority("ca") + authority("/root/other") + leaf("apiserver", "/root/other"),
    says: [`${PKI}/apiserver.crt: is not signed by ${PKI}/ca.crt`],
  },
  {
    name: "a certificate without its authority",
    begin: authority("/root/other") + leaf("apiserver", "/root/other"),
    says: [`${PKI}/ca.crt: is missing`, `${PKI}/apiserver.crt`],
  },
  {
    name: "a certificate without its key",
    begin: authority("ca") + leaf("apiserver", "ca") + "rm apiserver.key",
    says: [`${PKI}/apiserver.key: is missing`],
  },
  {
    name: "a CA without its key, and nothing signed",
    begin: authority("ca") + "rm ca.key",
    says: [`${PKI}/ca.key`],
  },
  {
    name: "a leaf where the CA should be",
    begin: authority("/root/other") + leaf("ca", "/root/other"),
    says: [`${PKI}/ca.crt: is not the certificate of an authority`],
  },
  {
    name: "files that are no certificate and no key",
    begin: "echo hello >ca.crt; echo hello >ca.key; : >sa.key",
    says: [`${PKI}/ca.crt`, `${PKI}/ca.key`, `${PKI}/sa.key`],
  },
  {
    name: "kubeconfigs of another cluster",
    begin: authority("ca") + authority("/root/other") + kubeconfig("/etc/kubernetes/admin.conf", "/root/other") +
      kubeconfig("/etc/kubernetes/kubelet.conf", "/root/other"),
    says: [
      `/etc/kubernetes/admin.conf: does not trust ${PKI}/ca.crt`,
      `/etc/kubernetes/kubelet.conf: does not trust ${PKI}/ca.crt`,
    ],
  },
  {
    name: "a kubeconfig without its authority",
    begin: authority("/root/other") + kubeconfig("/etc/kubernetes/admin.conf", "/root/other"),
    says: ["/etc/kubernetes/admin.conf: exists", `${PKI}/ca.crt`],
  },
];

export const scenario: Scenario = {
  name: "trouble-files",
  summary: "keys, certificates and kubeconfigs that do not fit: refused, not overwritten; then the same init succeeds",
  async run(t) {
    const k1 = await t.step("host boots", () => t.host("k1"));
    await prepare(k1);
    for (const { name, begin, says } of CAUSES) {
      await during(
        async () => void await k1.shell(`mkdir -p ${PKI}; cd ${PKI}; ${begin}`),
        () => refused(t, k1, name, COMMAND, { code: 3, says: ["No changes were made", ...says] }),
        async () => void await k1.shell("rm -r /etc/kubernetes"),
      );
    }
    await succeeds(t, k1, COMMAND);
    await t.noPulls();
  },
};
