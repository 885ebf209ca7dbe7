import assert from "node:assert/strict";
import { networks } from "../../config/addresses.ts";
import type { ExternalEtcd } from "../../config/types.ts";
import { Untrusted, UserError } from "../../errors.ts";
import { fake } from "../../../tests/fakes/fake.ts";
import { memoryHost, type MemoryHostOptions } from "../../../tests/fakes/memory_host.ts";
import type { UnitState } from "../../system.ts";
import { commandLine } from "../../text/shell.ts";
import type { Download, DownloadOptions, HttpAnswer } from "../../system.ts";
import { externalEtcdChecks } from "./external_etcd.ts";
import { KERNEL_CHECK } from "./kernel.ts";
import { unknownNames } from "./names.ts";
import { familiesOf, forwardingChecks } from "./network.ts";
import { hostFindings, networkFindings, proxyFor } from "./proxy.ts";
import type { Findings } from "./run.ts";
import { CLOCK_CHECK, firewallCheck, SERVICE_CHECK } from "./services.ts";

const host = (options: MemoryHostOptions) => memoryHost(options, () => {});

const PROXY = { HTTPS_PROXY: "http://user:word@proxy:3128" };
/** Host, NO_PROXY, and whether the proxy is used. */
const ROUTES: readonly [string, string, boolean][] = [
  ["192.0.2.1", "", true],
  ["localhost", "", false],
  ["127.0.0.1", "", false],
  ["::1", "", false],
  ["192.0.2.1", "*", false],
  ["192.0.2.1", "192.0.2.0/24", false],
  ["192.0.3.1", "192.0.2.0/24", true],
  ["192.0.2.1", "10.0.0.1, 192.0.2.1", false],
  ["192.0.2.1", "192.0.2.1:6443", false],
  ["2001:db8::1", "2001:db8::/32", false],
  ["2001:db8::1", "2001:0db8::0001", false],
  ["api.example.org", "example.org", false],
  ["example.org", "example.org", false],
  ["example.org", ".example.org", true],
  ["api.example.org", ".example.org", false],
  ["api.example.org", "*.EXAMPLE.org", false],
  ["badexample.org", "example.org", true],
];

for (const [name, exceptions, used] of ROUTES) {
  Deno.test(`proxyFor(${name}) with NO_PROXY="${exceptions}": ${used ? "the proxy" : "directly"}`, () => {
    const environment = { ...PROXY, no_proxy: exceptions };
    assert.equal(proxyFor(name, environment), used ? PROXY.HTTPS_PROXY : undefined);
    assert.equal(proxyFor(name, { HTTP_PROXY: "http://proxy:1" }), undefined);
  });
}

Deno.test("HTTPProxy, HTTPProxyCIDR: warnings that show no password", () => {
  for (const found of [hostFindings("192.0.2.1", PROXY), networkFindings(networks("10.96.0.0/12,fd00::/112"), PROXY)]) {
    assert.match(found.warnings!.join(), /http:\/\/proxy:3128/);
    assert.doesNotMatch(JSON.stringify(found), /word/);
  }
  assert.equal(networkFindings(networks("10.96.0.0/12,fd00::/112"), PROXY).warnings!.length, 2);
  assert.deepEqual(networkFindings(networks("10.96.0.0/12"), { ...PROXY, NO_PROXY: "10.0.0.0/8" }), {});
});

const OPTIONS =
  "NAMESPACES NET_NS PID_NS IPC_NS UTS_NS CPUSETS MEMCG INET EXT4_FS PROC_FS NETFILTER_XT_MATCH_COMMENT " +
  "FAIR_GROUP_SCHED CGROUPS CGROUP_PIDS CGROUP_SCHED CGROUP_BPF IP_NF_TARGET_REDIRECT";
const CONFIG = OPTIONS.split(" ").map((name, i) => `CONFIG_${name}=${i % 2 ? "y" : "m"}\n`).join("");
const GZIP = commandLine(["gzip", "-dc", "/proc/config.gz"]);

async function kernel(files: Record<string, string>, commands: Record<string, string> = {}): Promise<Findings> {
  return await KERNEL_CHECK.look({
    host: host({
      files: {
        "/proc/sys/kernel/osrelease": "6.1.0-1\n",
        "/sys/fs/cgroup/cgroup.controllers": "cpuset cpu io memory hugetlb pids\n",
        "/boot/config-6.1.0-1": CONFIG,
        ...files,
      },
      commands,
    }),
  });
}

Deno.test("SystemVerification: version, options and controllers of the kernel", async () => {
  const text = (found: Findings) => [found.errors!.join(), found.warnings!.join()];
  assert.deepEqual(text(await kernel({})), ["", ""]);
  assert.deepEqual(text(await kernel({}, { [GZIP]: CONFIG })), ["", ""]);
  assert.match(
    (await kernel({}, { [GZIP]: "CONFIG_INET=n\n" })).errors!.join(),
    /without CONFIG_NAMESPACES, .*CONFIG_INET/,
  );
  assert.match(
    (await kernel({ "/proc/sys/kernel/osrelease": "5.3.18" })).warnings!.join(),
    /5\.3\.18 is not supported.*cannot verify the options/s,
  );
  assert.match(
    (await kernel({ "/sys/fs/cgroup/cgroup.controllers": "cpu pids\n" })).errors!.join(),
    /missing: cpuset, memory/,
  );
  assert.match(
    (await kernel({ "/sys/fs/cgroup/cgroup.controllers": "cpuset cpu memory pids" })).warnings!.join(),
    /hugetlb, io/,
  );
  const separate = host({
    files: {
      "/proc/sys/kernel/osrelease": "5.15.3",
      "/proc/cgroups": "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t1\t1\t1\nmemory\t1\t1\t0\n",
      "/boot/config-5.15.3": CONFIG.replace("CGROUP_BPF", "CGROUP_DEVICE"),
    },
  });
  const found = await KERNEL_CHECK.look({ host: separate });
  assert.match(
    found.errors!.join(),
    /CONFIG_CGROUP_CPUACCT, CONFIG_CGROUP_FREEZER.*cpuacct, cpuset, devices, freezer, memory, pids/s,
  );
});

const BOOTED = { "/run/systemd/system/x": "" };

Deno.test("Service-kubelet: no systemd and a masked unit are errors, a failed one is a warning", async () => {
  const look = (unit: Partial<UnitState> | undefined, files: Record<string, string> = BOOTED) =>
    SERVICE_CHECK.look({ host: host({ files, units: unit === undefined ? {} : { "kubelet.service": unit } }) });
  assert.match((await look({}, {})).errors![0]!, /not booted with systemd/);
  assert.match((await look({ load: "masked" })).errors![0]!, /masked/);
  assert.match((await look({ active: "failed", result: "exit-code" })).warnings![0]!, /exit-code/);
  assert.deepEqual(await look(undefined), {});
});

Deno.test("Clock: not set is an error, not synchronised or not known a warning", async () => {
  const look = (options: MemoryHostOptions) => CLOCK_CHECK.look({ host: host(options) });
  const states = (...running: string[]) => ({
    "chrony.service": { active: "inactive" },
    ...Object.fromEntries(running.map((name) => [`${name}.service`, { active: "active" }])),
  });
  assert.match((await look({ now: new Date("1970-01-01T00:01:00Z") })).errors![0]!, /it is not set/);
  assert.match((await look({ units: states() })).warnings![0]!, /no time service/);
  assert.match((await look({ units: states("systemd-timesyncd") })).warnings![0]!, /has not reached a time server/);
  const files = { "/run/systemd/timesync/synchronized": "" };
  assert.deepEqual(await look({ units: states("systemd-timesyncd"), files }), {});
  assert.deepEqual(await look({ units: states("chrony") }), {});
  assert.deepEqual(await look({}), {});
  assert.match((await look({ systemd: false })).warnings![0]!, /program "systemctl" not found/);
});

Deno.test("Firewalld: a warning that names the ports", async () => {
  const units = { "firewalld.service": { active: "active" } };
  const found = await firewallCheck([6443, 10250]).look({ host: host({ units }) });
  assert.match(`${found.warnings} ${found.hint}`, /6443 and 10250.*--add-port=6443\/tcp --add-port=10250\/tcp/);
  assert.deepEqual(await firewallCheck([1]).look({ host: host({}) }), {});
  const blind = await firewallCheck([1]).look({ host: host({ systemd: false }) });
  assert.match(blind.warnings![0]!, /^Cannot ask systemd about "firewalld.service": program "systemctl" not found$/);
});

Deno.test("FileContent: forwarding of the families that there are", async () => {
  const checks = forwardingChecks(familiesOf(networks("10.96.0.0/12,fd00::/112,192.0.2.0/24")));
  assert.deepEqual(checks.map(({ name }) => name), [
    "FileContent--proc-sys-net-ipv4-ip_forward",
    "FileContent--proc-sys-net-ipv6-conf-default-forwarding",
  ]);
  const files = { "/proc/sys/net/ipv4/ip_forward": "1\n", "/proc/sys/net/ipv6/conf/default/forwarding": "0\n" };
  const found = await Promise.all(checks.map((check) => check.look({ host: host({ files }) })));
  assert.deepEqual(found[0], {});
  assert.match(found[1]!.errors![0]!, /ip.*forwarding is "0", must be "1"/);
});

Deno.test("FileContent: what the hints write loses nothing that is there, and no other key", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const looks = await Promise.all(forwardingChecks(["IPv4", "IPv6"]).map((check) => check.look({ host: host({}) })));
    const keys = ["net.ipv4.ip_forward=1", "net.ipv6.conf.default.forwarding=1"];
    for (const name of ["99-kubernetes.conf", ...keys.map((key) => `99-${key.replace("=1", "")}.conf`)]) {
      await Deno.writeTextFile(`${folder}/${name}`, "vm.swappiness=1\n");
    }
    for (const { hint } of looks) {
      const line = [hint].flat()[0]!.replace(/^Turn on IP forwarding: sysctl -w \S+ && /, "").replaceAll(
        "/etc/sysctl.d",
        folder,
      );
      assert.ok((await new Deno.Command("sh", { args: ["-c", line] }).output()).success, line);
    }
    const texts = await Array.fromAsync(Deno.readDir(folder), ({ name }) => Deno.readTextFile(`${folder}/${name}`));
    const lines = texts.flatMap((text) => text.trim().split("\n"));
    assert.deepEqual(lines.sort(), [...keys, ...Array(3).fill("vm.swappiness=1")].sort());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

const ETCD: ExternalEtcd = {
  endpoints: [],
  httpEndpoints: ["https://etcd:2379/"],
  caFile: "/etc/etcd/ca.crt",
  certFile: "/etc/etcd/client.crt",
  keyFile: "/etc/etcd/client.key",
};
const ETCD_FILES = { "/etc/etcd/ca.crt": "CA", "/etc/etcd/client.crt": "CERT", "/etc/etcd/client.key": "KEY" };

async function etcd(answer: () => HttpAnswer, files: Record<string, string> = ETCD_FILES) {
  const asked: [string, DownloadOptions][] = [];
  const download = fake<Download>("download", {
    get(url: string, options: DownloadOptions) {
      asked.push([url, options]);
      return new Promise<HttpAnswer>((resolve) => resolve(answer()));
    },
  });
  const found = await Promise.all(
    externalEtcdChecks(ETCD).map((check) => check.look({ host: host({ files }), download })),
  );
  return { files: found[0]!, version: found[1]!, asked };
}

Deno.test("ExternalEtcdVersion, ExternalEtcdClientCertificates: files are there, and the version is not too old", async () => {
  const version = (etcdserver: string) => () => ({ status: 200, body: JSON.stringify({ etcdserver }) });
  const good = await etcd(version("3.5.24"));
  assert.deepEqual([good.files, good.version], [{}, {}]);
  const [url, options] = good.asked[0]!;
  assert.equal(url, "https://etcd:2379/version");
  assert.deepEqual([options.caPem, options.client], ["CA", { certificatePem: "CERT", keyPem: "KEY" }]);
  assert.match((await etcd(version("3.5.23"))).version.errors![0]!, /3\.5\.23, must be 3\.5\.24 or later/);
  assert.match(
    (await etcd(() => ({ status: 404, body: "" }))).version.errors![0]!,
    /returned status 404 and no etcd version/,
  );
  const refused = await etcd(() => {
    throw new Untrusted("not trusted");
  });
  assert.deepEqual([refused.version.errors, refused.asked.length], [["not trusted"], 1]);
  const missing = await etcd(version("3.6.0"), { "/etc/etcd/ca.crt": "CA" });
  assert.equal(missing.files.errors!.length, 2);
});

Deno.test("ExternalEtcdVersion: trouble that may pass is tried again", async () => {
  let tries = 0;
  const answer = () => {
    if (tries++ === 0) throw new UserError("connection refused");
    return { status: 200, body: '{"etcdserver":"3.6.8"}' };
  };
  assert.deepEqual((await etcd(answer)).version, {});
});

Deno.test("unknown names are warnings; those of kubeadm and of any path or port are accepted", () => {
  assert.deepEqual(unknownNames(["all", "swap", "port-6443", "fileavailable--etc-x", "createjob", "clock"]), []);
  const [first, second] = unknownNames(["swop", "firewall-cmd-is-here"]);
  assert.match(first!, /"swop".*did you mean "Swap"/);
  assert.match(second!, /cannot ignore "firewall-cmd-is-here": unknown preflight check$/);
});
