import assert from "node:assert/strict";
import { SPECS } from "../../src/dispatch.ts";
import { EXIT, HostBusy } from "../../src/errors.ts";
import { FIT, QUICK, run, unfit } from "./program.ts";

/** The fit host while another command changes it, and what was asked of its lock. */
function lockedHost(files: Readonly<Record<string, string>> = {}) {
  const asked: string[] = [];
  const host = unfit({
    lock(command) {
      asked.push(command);
      return Promise.reject(
        new HostBusy(
          `Cannot run "${command}": this host is being changed by "init" (process 7) since 2026-01-01T00:00:00Z`,
        ),
      );
    },
  }, files);
  return { host, asked };
}

const JOIN = [
  "192.0.2.1:6443",
  "--token=abcdef.0123456789abcdef",
  `--discovery-token-ca-cert-hash=sha256:${"a".repeat(64)}`,
];

/** Each command that changes the host, with what it needs to get there. */
const CHANGING: Readonly<Record<string, readonly string[]>> = {
  init: ["--config", QUICK],
  "init phase": ["certs", "all", "--config", QUICK],
  join: JOIN,
  "join phase": ["kubelet-start", ...JOIN],
  reset: ["--force"],
  "reset phase": ["cleanup-node"],
  "certs renew": ["all"],
  "certs generate-csr": ["--config", QUICK],
  "bundle load": ["/nowhere.kwb"],
};

Deno.test("host lock: every changing command is refused while another one runs, and changes nothing", async () => {
  assert.deepEqual(
    SPECS.filter(({ changesHost }) => changesHost).map(({ name }) => name).sort(),
    Object.keys(CHANGING).sort(),
  );
  for (const [command, more] of Object.entries(CHANGING)) {
    const { host, asked } = lockedHost();
    const { code, err, out, changes } = await run([...command.split(" "), ...more], host);
    assert.deepEqual([code, changes, asked], [EXIT.busy, [], [command]], `${command}: ${out}${err}`);
    assert.match(out + err, /this host is being changed by "init" \(process 7\) since/);
  }
});

Deno.test("host lock: dry runs work beside a command that changes the host, by flag and by configuration", async () => {
  const byFlag = lockedHost();
  assert.equal((await run(["init", "--dry-run", "--config", QUICK], byFlag.host)).code, 0);
  assert.deepEqual(byFlag.asked, []);
  const config = `${FIT.files![QUICK]}---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\ndryRun: true\n`;
  const byFile = lockedHost({ "/etc/dry.yaml": config });
  const { code, err, changes } = await run(["init", "--config", "/etc/dry.yaml"], byFile.host);
  assert.deepEqual([code, changes], [0, []], err);
});

Deno.test("host lock: who only looks does not ask for it", async () => {
  for (const args of ["status", "version", "certs check-expiration", "config print init-defaults", "init --help"]) {
    const { host, asked } = lockedHost();
    await run(args.split(" "), host);
    assert.deepEqual(asked, [], args);
  }
});
