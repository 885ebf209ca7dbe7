import { documents, initConfiguration } from "../config.ts";
import type { Host } from "../host.ts";
import { CONFIG, join, joinArguments, kubewright, prepare, PROGRAM } from "../kubewright.ts";
import { NAMES, ODD_HOSTS, type OddHost, OPEN_CONFIG, type Routing, ROUTINGS } from "../odd_hosts.ts";
import type { Run, Scenario } from "../scenario.ts";
import { during } from "../trouble.ts";
import { release } from "../versions.ts";

const PEM = "/var/lib/kubelet/pki/kubelet-client-current.pem";
const CALICO =
  '{"cniVersion":"0.3.1","name":"k8s-pod-network","plugins":[{"type":"calico","ipam":{"type":"calico-ipam"}}]}';

/** Runs a script with the host's address and gateway at hand. */
async function script(host: Host, text: string) {
  const gateway = host.address.replace(/\d+$/, "1");
  const env = { ADDRESS: host.address, GATEWAY: gateway, PROGRAM };
  return await host.exec(["sh", "-c", text || "true"], { check: false, env, timeout: 400_000 });
}

async function made(host: Host, text: string): Promise<void> {
  const { code, stdout, stderr } = await script(host, `set -eu; ${text || "true"}`);
  if (code !== 0) throw new Error(`Cannot make ${host.name} odd: ${text}\n${stdout}${stderr}`);
}

/** Changes with which the host is not what it was: nothing may stay of a dry run. */
async function trace(host: Host): Promise<string> {
  return await host.shell(
    "ls -A /etc/kubernetes /var/lib/kubelet /etc/systemd/system /var/lib/kubewright 2>/dev/null | sort || true",
  );
}

async function odd(t: Run, host: Host, one: OddHost): Promise<void> {
  const dry = `${PROGRAM} init --config ${OPEN_CONFIG} --dry-run`;
  await t.step(one.name, () =>
    during(
      () => made(host, one.begin),
      async () => {
        const before = await trace(host);
        const { code, stdout, stderr } = await script(host, one.run ?? dry);
        const said = stdout + stderr;
        if (Deno.env.has("KUBEWRIGHT_LAB_SHOW")) t.log(`  | ${said.trim().replaceAll("\n", "\n    | ")}`);
        t.assert(code === one.code, `${one.name}: exit code ${code} instead of ${one.code}:\n${said}`);
        for (const part of one.says ?? []) t.includes(said, part, one.name);
        for (const part of one.not ?? []) {
          t.assert(
            said.search(part instanceof RegExp ? part : RegExp.escape(part)) < 0,
            `${one.name}: says ${part}:\n${said}`,
          );
        }
        t.assert(!said.includes("defect of kubewright"), `${one.name}: ends as a defect:\n${said}`);
        if (!one.run || one.run.includes("--dry-run")) {
          t.equal(await trace(host), before, `${one.name}: what lies there`);
        }
      },
      () => made(host, one.end),
    ));
}

const FOLDER = "/root/chosen";

/** The server in admin.conf, as kubeadm and as kubewright write it. */
async function chosen(host: Host, program: string, { asked, services }: Partial<Routing> = {}): Promise<string> {
  await made(
    host,
    `rm -rf ${FOLDER}; mkdir ${FOLDER}; cd ${FOLDER}; openssl ecparam -name prime256v1 -genkey -noout -out ca.key; ` +
      "openssl req -x509 -new -key ca.key -subj /CN=kubernetes -days 30 -out ca.crt 2>/dev/null",
  );
  const apiVersion = "kubeadm.k8s.io/v1beta4";
  const endpoint = asked === undefined ? {} : { localAPIEndpoint: { advertiseAddress: asked } };
  const networking = services === undefined ? {} : { networking: { serviceSubnet: services } };
  const cluster = { kubernetesVersion: release().kubernetes, certificatesDir: FOLDER, ...networking };
  await host.write(
    `${FOLDER}/config.yaml`,
    documents([
      { apiVersion, kind: "InitConfiguration", ...endpoint },
      { apiVersion, kind: "ClusterConfiguration", ...cluster },
    ]),
  );
  const { stdout, stderr } = await script(
    host,
    `${program} init phase kubeconfig admin --config ${FOLDER}/config.yaml --kubeconfig-dir ${FOLDER} && ` +
      `grep server: ${FOLDER}/admin.conf`,
  );
  return /server: "?https:\/\/\[?(.*?)\]?:6443/.exec(stdout)?.[1] ?? `nothing:\n${stdout}${stderr}`;
}

/** The node's name in kubelet.conf. */
async function nameOf(host: Host, program: string): Promise<string | undefined> {
  const { code, stdout } = await script(
    host,
    `rm -f ${FOLDER}/kubelet.conf; ${program} init phase kubeconfig kubelet --config ${FOLDER}/config.yaml ` +
      `--kubeconfig-dir ${FOLDER} >&2 && sed -n 's/.*client-certificate-data: //p' ${FOLDER}/kubelet.conf | base64 -d | ` +
      "openssl x509 -noout -subject -nameopt multiline",
  );
  return code === 0 ? /system:node:(\S+)/.exec(stdout)?.[1] : undefined;
}

async function besideKubeadm(t: Run, m1: Host): Promise<void> {
  await m1.install("kubeadm");
  for (const routing of ROUTINGS) {
    const { name, begin, end, address } = routing;
    await t.step(`address: ${name}`, () =>
      during(
        () => made(m1, begin),
        async () => {
          const wanted = address === "$ADDRESS" ? m1.address : address;
          const found = [await chosen(m1, "kubeadm", routing), await chosen(m1, PROGRAM, routing)];
          t.equal(
            found,
            [wanted, wanted],
            `${name}: kubeadm's and kubewright's address`,
          );
        },
        () => made(m1, end),
      ));
  }
  await t.step(`${NAMES.length} host names, beside kubeadm`, () =>
    during(
      async () => void await chosen(m1, PROGRAM),
      async () => {
        for (const [name, node] of NAMES) {
          await made(m1, `printf %s '${name}' >/proc/sys/kernel/hostname`);
          t.equal(
            [await nameOf(m1, "kubeadm"), await nameOf(m1, PROGRAM)],
            [node, node],
            `host name ${name}: the node's name`,
          );
        }
      },
      () => made(m1, `hostname ${m1.name}; rm -rf /root/chosen`),
    ));
}

/** A pod network of somebody else: `init` says why CoreDNS does not start, so does `status`, and all is well afterwards. */
async function foreignNetwork(t: Run, m1: Host): Promise<string[]> {
  const path = "/etc/cni/net.d/10-calico.conflist";
  await m1.write(path, CALICO);
  await t.step("init with another pod network's configuration ends with the reason", async () => {
    // As from cron: no PATH to speak of, no HOME, a strict umask.
    const { code, stdout, stderr } = await script(
      m1,
      `umask 077; env -i PATH=/usr/bin:/bin ${PROGRAM} init --config ${CONFIG}`,
    );
    t.assert(code === 4, `exit code ${code} instead of 4:\n${stdout}${stderr}`);
    for (const part of ["coredns-", path, `mv -i ${path} /root/`]) t.includes(stderr, part, "init");
  });
  await t.step("status sees it, too", async () => {
    const { code, stdout } = await script(m1, `${PROGRAM} status`);
    t.assert(code === 6, `exit code ${code} instead of 6:\n${stdout}`);
    t.includes(stdout, /coredns-\S+ is not ready: ContainerCreating/, "status");
  });
  await t.step("a strict umask left no mode behind", async () => {
    const modes = await m1.shell(
      "stat -c '%a %n' /etc/kubernetes /etc/kubernetes/pki /etc/kubernetes/pki/ca.crt /var/lib/kubelet/config.yaml " +
        "/etc/systemd/system/kubelet.service /etc/systemd/system/kubelet.service.d",
    );
    t.equal(
      modes.split("\n").map((line) => line.split(" ")[0]),
      ["755", "755", "644", "644", "644", "755"],
      "the modes",
    );
  });
  await m1.exec(["mv", path, "/root/"]);
  return await t.step("the same command succeeds when it is moved away", async () => {
    const ran = await kubewright(m1, ["init", "--config", CONFIG]);
    return joinArguments(ran);
  });
}

/** A host that joined, was renamed, and keeps its identity when everything else is gone. */
async function leftovers(t: Run, m2: Host, command: readonly string[]): Promise<void> {
  await join(m2, command);
  await t.step("a worker that was renamed since is told so", async () => {
    await made(m2, "hostname m9");
    const { code, stderr } = await join(m2, command, "--cri-socket=unix:///run/containerd/containerd.sock").catch((
      error,
    ) => ({
      code: -1,
      stderr: String(error),
    }));
    await made(m2, "hostname m2");
    t.assert(code !== 0, "it joins as m9");
    for (const part of ["KubeletIdentity", 'node "m2"', "--node-name m2"]) {
      t.includes(stderr.replaceAll('\\"', '"'), part, "join");
    }
  });
  await t.step("what a careless cleaning leaves: the kubelet's identity", async () => {
    await made(
      m2,
      "systemctl stop kubelet; for p in $(ctr -n k8s.io tasks list -q); do ctr -n k8s.io tasks kill -s KILL $p || true; done; " +
        "rm -rf /etc/kubernetes /var/lib/kubewright /var/lib/kubelet/*.yaml /var/lib/kubelet/*.env " +
        "/etc/systemd/system/kubelet.service* /etc/cni/net.d/*; systemctl daemon-reload; " +
        "ip link delete cni0 || true; ip link delete flannel.1 || true",
    );
    const { code, stdout, stderr } = await script(m2, `${PROGRAM} init --config ${CONFIG}`);
    t.assert(code === 2, `exit code ${code} instead of 2:\n${stdout}${stderr}`);
    for (const part of ["KubeletIdentity", `rm ${PEM}`]) t.includes(stderr, part, "init");
  });
  await t.step("and nobody waits for minutes where that is overruled", async () => {
    const start = performance.now();
    const { code, stdout, stderr } = await script(
      m2,
      `${PROGRAM} init --config ${CONFIG} --ignore-preflight-errors=SystemVerification,Swap,KubeletIdentity`,
    );
    t.assert(code !== 0, `it succeeds:\n${stdout}${stderr}`);
    t.includes(stderr, `rm ${PEM}`, "init");
    t.assert(performance.now() - start < 180_000, `only after ${performance.now() - start} ms`);
  });
  await t.step("the command that is named helps", async () => {
    await made(m2, `rm ${PEM}`);
    await kubewright(m2, ["init", "--config", CONFIG]);
  });
}

/** Hosts that are odd in many ways, a few of them booted to the end. */
export const scenario: Scenario = {
  name: "host-matrix",
  summary: "names, routes, environment, runtimes, units and leftovers of odd hosts, beside kubeadm where it answers",
  async run(t) {
    const [m1, m2] = await Promise.all([t.host("m1"), t.host("m2")]);
    for (const host of [m1, m2]) await prepare(host);
    const nodeRegistration = { ignorePreflightErrors: ["SystemVerification", "Swap"] };
    const text = initConfiguration({ address: m1.address, init: { nodeRegistration, localAPIEndpoint: {} } });
    await m1.write(OPEN_CONFIG, text, 0o600);
    for (const one of ODD_HOSTS) await odd(t, m1, one);
    await besideKubeadm(t, m1);
    const command = await foreignNetwork(t, m1);
    await leftovers(t, m2, command);
    await t.noPulls();
  },
};
