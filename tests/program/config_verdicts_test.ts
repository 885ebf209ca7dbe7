/**
 * What `kubeadm config validate` 1.37.2 said of 158 files (`kubeadm-1.37.2/validate.json`), beside what ours says.
 * @module
 */
import assert from "node:assert/strict";
import { ANY_HOST, convertFile } from "../../src/config/check_file.ts";
import { SUPPORTED } from "../../src/cluster/versions.ts";
import { InvalidInput } from "../../src/errors.ts";

interface Verdict {
  text: string;
  accepted: boolean;
  warned: boolean;
}

/** What of a file makes us say otherwise, and why. */
const OTHERWISE: readonly (readonly [RegExp, string])[] = [
  [/controlPlaneEndpoint: 1\.2\.3\.400:1/, "digits and dots are an address, and this is none"],
  [/podSubnet: 010\.0\.0\.0/, "leading zeros are read as octal by some (CVE-2021-29923)"],
  [/extraVolumes: \[\{name: a\}\]/, "a volume without paths is a static pod that does not start"],
  [/endpoints: \['a:2379'\]/, "an endpoint is a URL: etcd's client would not take it"],
  [/certificateValidityPeriod: (0s|-1h)/, "certificates that have expired when they are made"],
  [/kubernetesVersion: v1\.35\.4/, "three minor releases are known here, two to kubeadm"],
  [/criSocket: ('tcp:\/\/a'|foo)/, "a socket is at an absolute path"],
  [/effect: X/, "the kubelet and the API server refuse it later"],
  [/ignorePreflightErrors: \[all, Mem\]/, "kubeadm refuses it, too, but only when it runs"],
  [/apply: \{kubernetesVersion: foo\}/, "no version and no label; kubeadm refuses it, too, but only when it runs"],
  [/expires: 2027/, "kubeadm adds a ttl and refuses its own default"],
  [/discovery: 0s/, "a time limit that is over when it begins"],
  [/apiServerEndpoint: a\.b,/, "6443 is the port, as with flags"],
  [/kubeConfigPath: \/nonexistent/, "the file may be on another host"],
  [/caCertHashes: /, "a pin that fits nothing"],
  [/^$/, "an empty file is a mistake"],
];

Deno.test("config validate says what kubeadm says, but where there is a reason", async () => {
  const file = new URL("./kubeadm-1.37.2/validate.json", import.meta.url);
  const verdicts = JSON.parse(await Deno.readTextFile(file)) as Verdict[];
  const used = new Set<RegExp>();
  for (const { text, accepted, warned } of verdicts) {
    const told: string[] = [];
    let said: string | undefined;
    try {
      convertFile(text, "c.yaml", ANY_HOST, SUPPORTED, { warn: (message) => told.push(message) });
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      said = error.message;
    }
    const [reason] = OTHERWISE.find(([form]) => form.test(text)) ?? [];
    if (reason) {
      used.add(reason);
      assert.notEqual(said === undefined && (told.length > 0) === warned, accepted, `now as kubeadm: ${text}`);
    } else {
      assert.equal(said === undefined, accepted, `${text}\n${said ?? "accepted"}`);
      assert.equal(told.length > 0, warned, `${text}\n${told.join("\n")}`);
    }
  }
  assert.equal(verdicts.length, 158);
  assert.equal(used.size, OTHERWISE.length);
});
