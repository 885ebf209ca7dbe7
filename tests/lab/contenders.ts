/**
 * Who is measured: real kubeadm, an older kubewright, the floor, and kubewright, each on fresh hosts.
 *
 * @module
 */

import { IGNORED_PREFLIGHT_ERRORS, initConfiguration } from "./config.ts";
import type { Host } from "./host.ts";
import { CONFIG, init, joinArguments, prepare, PROGRAM } from "./kubewright.ts";
import type { Lab } from "./lab.ts";
import { type Measured, measured } from "./measure.ts";
import { CONTROL_PLANE, equipObserver } from "./observer.ts";
import { preparePeer } from "./peer.ts";
import { useBinary } from "./scenario.ts";

/** One that is measured. Its run is on hosts of its own, which are gone afterwards. */
export interface Contender {
  name: string;
  /** Not a tool: what remains when a tool had nothing to do. */
  isFloor?: true;
  run(lab: Lab, name: string): Promise<Measured>;
}

type Algorithm = "RSA-2048" | "ECDSA-P256";

/** Does the work on hosts with these names, and takes them away. */
async function onHosts<T>(lab: Lab, names: readonly string[], work: (...hosts: Host[]) => Promise<T>): Promise<T> {
  const hosts = await Promise.all(names.map((name) => lab.host(name)));
  try {
    return await work(...hosts);
  } finally {
    for (const host of hosts) {
      await host.kill();
      await Deno.remove(host.root, { recursive: true });
    }
  }
}

/** Those of `init`, kubewright last. @param before an older kubewright, in kubeadm's place. */
export function initContenders(algorithm: Algorithm, ours: string, before?: string): Contender[] {
  const kubewright = (name: string, program: string): Contender => ({
    name,
    run: (lab, host) =>
      onHosts(lab, [host], async (one) => {
        useBinary(program);
        await prepare(one!, { algorithm });
        await equipObserver(one!);
        const argv = [PROGRAM, "init", "--config", CONFIG, "--cni", "none", "--output", "json"];
        return await measured(one!, argv, { urls: CONTROL_PLANE });
      }),
  });
  const kubeadm: Contender = {
    name: "kubeadm",
    run: (lab, host) =>
      onHosts(lab, [host], async (one) => {
        await preparePeer(one!);
        await equipObserver(one!);
        await one!.write("/root/kubeadm.yaml", initConfiguration({ address: one!.address, algorithm }), 0o600);
        return await measured(one!, ["kubeadm", "init", "--config", "/root/kubeadm.yaml"], { urls: CONTROL_PLANE });
      }),
  };
  const floor: Contender = {
    name: "floor",
    isFloor: true,
    run: (lab, host) =>
      onHosts(lab, [host], async (one) => {
        useBinary(ours);
        await prepare(one!, { algorithm });
        await equipObserver(one!);
        const phase = (...words: string[]) => one!.exec([PROGRAM, "init", "phase", ...words, "--config", CONFIG]);
        for (const words of ["certs all", "kubeconfig all", "kubelet-start"]) await phase(...words.split(" "));
        await one!.exec(["systemctl", "stop", "kubelet"]);
        for (const words of ["etcd local", "control-plane all"]) await phase(...words.split(" "));
        return await measured(one!, ["systemctl", "start", "kubelet"], { urls: CONTROL_PLANE });
      }),
  };
  const other = before === undefined ? kubeadm : kubewright("before", before);
  return [other, floor, kubewright("kubewright", ours)];
}

/** Those of `join`, kubewright last: a worker of a cluster that kubewright made. */
export function joinContenders(ours: string, before?: string): Contender[] {
  const joining = (name: string, equip: (host: Host) => Promise<string>): Contender => ({
    name,
    run: (lab, host) =>
      onHosts(lab, [`${host}-c`, host], async (control, worker) => {
        useBinary(ours);
        await prepare(control!, { algorithm: "ECDSA-P256" });
        const words = joinArguments(await init(control!));
        const program = await equip(worker!);
        await equipObserver(control!);
        const url = `https://127.0.0.1:6443/api/v1/nodes/${worker!.name}#"type":"Ready","status":"True"`;
        const pki = "/etc/kubernetes/pki";
        // As an administrator, since nobody else may read any node.
        const client = { certificate: `${pki}/observer.crt`, key: `${pki}/observer.key` };
        await administrator(control!, client);
        const ignored = `--ignore-preflight-errors=${IGNORED_PREFLIGHT_ERRORS.join(",")}`;
        return await measured(worker!, [program, ...words, ignored], { urls: { node: url }, client }, control!);
      }),
  });
  const kubewright = (name: string, program: string) =>
    joining(name, async (host) => {
      useBinary(program);
      await prepare(host);
      return PROGRAM;
    });
  const kubeadm = joining("kubeadm", async (host) => {
    await preparePeer(host);
    return "kubeadm";
  });
  return [before === undefined ? kubeadm : kubewright("before", before), kubewright("kubewright", ours)];
}

/** The administrator's certificate and key of admin.conf, as files. */
async function administrator(host: Host, { certificate, key }: { certificate: string; key: string }): Promise<void> {
  const part = (name: string, path: string) =>
    host.shell(`sed -n 's/.*${name}: //p' /etc/kubernetes/admin.conf | base64 -d >${path}`);
  await part("client-certificate-data", certificate);
  await part("client-key-data", key);
}
