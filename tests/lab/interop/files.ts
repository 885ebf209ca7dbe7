/**
 * Stage one: both programs write their files on the same host, one after the other, phase by phase; nothing is booted.
 *
 * @module
 */

import type { Host } from "../host.ts";
import { preparePeer } from "../peer.ts";
import { PROGRAM } from "../kubewright.ts";
import { binary, type Run } from "../scenario.ts";
import { type Case, configurationOf } from "./cases.ts";
import type { Outcome } from "./compare.ts";
import type { Tally } from "./tally.ts";
import { readTree, treeOutcome } from "./tree.ts";

/** The phases of `init` that need no API server, by kubeadm's names. */
const PHASES = ["certs all", "kubeconfig all", "etcd local", "control-plane all", "kubelet-start"];

/** Where both write, besides what a configuration names. */
const FOLDERS = ["/etc/kubernetes", "/var/lib/kubelet", "/var/lib/etcd"];

const CONFIG = "/root/case.yaml";

/** A kubelet's unit that runs no kubelet: its files are all that is looked at. */
const SLEEPER = [
  "[Service]",
  "ExecStart=",
  "ExecStart=/bin/sh -c 'exec sleep infinity' kubelet --config=/var/lib/kubelet/config.yaml " +
  "--kubeconfig=/etc/kubernetes/kubelet.conf --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf " +
  "$KUBELET_KUBEADM_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBECONFIG_ARGS $KUBELET_EXTRA_ARGS",
  "",
].join("\n");

/** CAs of somebody else's making in /root: made long ago, valid for long, with names of their own. */
const OWN_AUTHORITIES = String.raw`cd /root
printf '%s\n' '[ca]' 'default_ca=own' '[own]' 'database=/root/own.index' 'new_certs_dir=/root' 'serial=/root/own.serial' \
  'default_md=sha256' 'policy=any' 'email_in_dn=no' '[any]' 'commonName=supplied' 'organizationName=optional' \
  '[extensions]' 'basicConstraints=critical,CA:TRUE' 'keyUsage=critical,keyCertSign,cRLSign' \
  'subjectKeyIdentifier=hash' >own.conf
for name in own-ca former-ca; do
  : >own.index; echo 1000 >own.serial
  openssl ecparam -name prime256v1 -genkey -noout -out $name.key
  openssl req -new -key $name.key -subj "/O=team/CN=$name" -out $name.csr
  openssl ca -batch -notext -selfsign -config own.conf -extensions extensions -keyfile $name.key -in $name.csr \
    -startdate 20260101000000Z -enddate 20460101000000Z -out $name.crt 2>/dev/null
done`;

/** Makes the host on which the files of all configurations are written. */
export async function filesHost(t: Run): Promise<Host> {
  const host = await t.host("files");
  await preparePeer(host);
  await host.push(await binary(), PROGRAM);
  await host.shell(OWN_AUTHORITIES);
  await host.write("/etc/systemd/system/kubelet.service.d/90-lab.conf", SLEEPER);
  await host.exec(["systemctl", "daemon-reload"]);
  return host;
}

/** Compares the files that both make of one configuration. */
export async function compareFiles(t: Run, host: Host, of: Case, tally: Tally): Promise<void> {
  await host.write(CONFIG, configurationOf(of, host.address), 0o600);
  const kubeadm = await filesOf(host, of, "kubeadm");
  const kubewright = await filesOf(host, of, PROGRAM, "--cni none");
  t.log(tally.add(of.name, "files", kubeadm, kubewright));
}

async function filesOf(host: Host, of: Case, program: string, flags = ""): Promise<Outcome> {
  const folders = [...FOLDERS, ...of.further ?? []];
  const phases = PHASES.map((phase) => `${program} init phase ${phase} --config ${CONFIG} ${flags} >/dev/null`);
  const script = ["systemctl stop kubelet", `rm -rf ${folders.join(" ")}`, of.before ?? "true"];
  await host.shell(script.join("\n"));
  const started = new Date();
  await host.shell(phases.join("\n"), { env: of.env, timeout: 120_000 });
  return await treeOutcome(await readTree(host, folders), started);
}
