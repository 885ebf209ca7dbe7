import { IGNORED_PREFLIGHT_ERRORS } from "../config.ts";
import type { Host } from "../host.ts";
import { answers, changesOf, CONFIG, type Event, init, joinArguments, kubewright, prepare } from "../kubewright.ts";
import type { Run, Scenario } from "../scenario.ts";

const PKI = "/etc/kubernetes/pki";
const SHARED = [
  "ca.crt",
  "ca.key",
  "etcd/ca.crt",
  "etcd/ca.key",
  "front-proxy-ca.crt",
  "front-proxy-ca.key",
  "sa.key",
  "sa.pub",
];
const UPLOAD = ["init", "phase", "upload-certs", "--upload-certs", "--config", CONFIG];

/** The last thing that a run said. */
function resultOf({ events }: { events: Event[] }): Event {
  return events.findLast(({ event }) => event === "result" || event === "error")!;
}

/** Real kubeadm fetches what lies in the cluster; returns the digests of the files that it wrote. */
async function downloaded(host: Host, joinCommand: readonly string[], key: string, check = true): Promise<string> {
  await host.shell(`rm -rf ${PKI}`);
  const [, endpoint, ...flags] = joinCommand;
  const argv = ["kubeadm", "join", "phase", "control-plane-prepare", "download-certs", endpoint!, ...flags];
  const { code, stderr } = await host.exec([...argv, "--control-plane", "--certificate-key", key], { check: false });
  if (check && code !== 0) throw new Error(`kubeadm cannot download certificates:\n${stderr}`);
  return code === 0 ? await digests(host) : stderr;
}

async function digests(host: Host): Promise<string> {
  return await host.shell(`cd ${PKI} && sha256sum ${SHARED.join(" ")}`);
}

/** Whether the Secret ends with its token: the controllers take some seconds. */
async function endsWithItsToken(t: Run, k1: Host): Promise<void> {
  const path = "{.metadata.ownerReferences[*].name}";
  const owner = await k1.kubectl("get", "-n", "kube-system", "secret/kubeadm-certs", "-o", `jsonpath=${path}`);
  t.includes(owner, /^bootstrap-token-[a-z0-9]{6}$/, "the only owner of kubeadm-certs");
  await k1.kubectl("delete", "-n", "kube-system", `secret/${owner}`);
  await k1.kubectl("wait", "-n", "kube-system", "--for=delete", "secret/kubeadm-certs", "--timeout=60s");
}

export const scenario: Scenario = {
  name: "upload-certs",
  summary:
    "certificates for further control plane nodes: real kubeadm reads what we upload, we replace what it uploads",
  async run(t) {
    const [k1, k2] = await t.step("two hosts boot", () => Promise.all([t.host("k1"), t.host("k2")]));
    await prepare(k1, { controlPlaneEndpoint: `${k1.address}:6443` });
    await prepare(k2);
    await Promise.all([k1.install("kubeadm"), k2.install("kubeadm")]);
    const first = await t.step("init --upload-certs", () => init(k1, "--upload-certs"));
    const [command, key] = [joinArguments(first), resultOf(first)["certificateKey"] as string];
    t.includes(key, /^[0-9a-f]{64}$/, "the certificate key");
    const expected = await digests(k1);
    await t.step("kubeadm downloads what we uploaded", async () => {
      t.equal(await downloaded(k2, command, key), expected, "the digests of the files");
    });
    const modes = await k2.shell(`cd ${PKI} && stat -c '%a %n' ${SHARED.join(" ")}`);
    t.log(`${SHARED.length} files are the same, modes ${[...new Set(modes.match(/^\d+/gm))].join(" and ")}`);
    await t.step("kubeadm refuses another key", async () => {
      t.includes(await downloaded(k2, command, "0".repeat(64), false), "authentication failed", "what kubeadm says");
    });

    await k1.write("/root/key", `${key}\n`, 0o600);
    const same = await kubewright(k1, [...UPLOAD, "--certificate-key-file", "/root/key"]);
    const changes = changesOf(same).filter((change) => !change.includes('"kind":"wait"'));
    t.equal(changes, [], "the list of changes with the same key");
    const hidden = await kubewright(k1, [...UPLOAD, "--skip-certificate-key-print"]);
    t.equal(hidden.stdout.includes("certificateKey"), false, "whether a key is shown that must not be");

    const other = "0123456789abcdef".repeat(4);
    await t.step("kubeadm uploads in our cluster, we upload again", async () => {
      await k1.exec(["kubeadm", "init", "phase", "upload-certs", "--upload-certs", "--certificate-key", other]);
      t.equal(await downloaded(k2, command, other), expected, "the digests of what kubeadm uploaded");
      const again = await kubewright(k1, [...UPLOAD, "--certificate-key-file", "-"], { stdin: key });
      t.equal(resultOf(again)["certificateKey"], key, "the key that was given");
      t.equal(await downloaded(k2, command, key), expected, "the digests of what we uploaded");
    });
    await t.step("the Secret ends with its token", () => endsWithItsToken(t, k1));

    const [created] = await answers<{ joinCommand: string[] }>(k1, ...[
      ...["token", "create", "--print-join-command", "--certificate-key-file", "/root/key"],
    ]);
    t.equal(
      created!.joinCommand.slice(-3),
      ["--control-plane", "--certificate-key", key],
      "the end of the join command",
    );
    const journal = await k1.shell(`journalctl --no-pager -o cat | grep -c ${key} || true`);
    t.equal(journal.trim(), "0", "the number of journal lines with the key");

    const shown = await kubewright(k1, ["init", "phase", "show-join-command", "--config", CONFIG]);
    t.equal(joinArguments(shown).slice(0, 2), command.slice(0, 2), "the join command shown alone");
    for (const flags of [["--control-plane"], ["--certificate-key", key], ["--apiserver-bind-port", "7443"]]) {
      const argv = [...command, ...flags, `--ignore-preflight-errors=${IGNORED_PREFLIGHT_ERRORS.join(",")}`];
      const refused = await kubewright(k2, argv, { check: false });
      t.equal(refused.code, 3, `the exit code of join ${flags[0]}`);
      t.includes(refused.stdout, flags[0]!, "the refusal");
      t.equal(refused.stdout.includes(key), false, "whether the refusal shows the key");
    }
  },
};
