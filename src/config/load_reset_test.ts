import assert from "node:assert/strict";
import type { InvalidInput } from "../errors.ts";
import { duration } from "./duration.ts";
import { loadReset } from "./load_reset.ts";
import { type FlagValues, settingsFor } from "../../tests/samples/settings.ts";

const HEAD = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ResetConfiguration\n";
const FACTS = { criSockets: ["unix:///run/containerd/containerd.sock"] };

function load(text: string | undefined, overrides: FlagValues = {}, facts = FACTS) {
  return loadReset(text, settingsFor("reset", overrides), facts, "reset.yaml");
}

function problemsOf(text: string | undefined, overrides: FlagValues = {}, facts = FACTS): string[] {
  try {
    load(text, overrides, facts);
  } catch (error) {
    return (error as InvalidInput).problems.map(({ where, what }) => `${where}: ${what}`);
  }
  return [];
}

Deno.test("reset: nothing given is kubeadm's defaults", () => {
  const config = load(undefined);
  assert.deepEqual(config, {
    certificatesDir: "/etc/kubernetes/pki",
    cleanupTmpDir: false,
    criSocket: "unix:///run/containerd/containerd.sock",
    dryRun: false,
    force: false,
    ignorePreflightErrors: [],
    skipPhases: [],
    timeouts: {
      controlPlaneComponentHealthCheck: duration("4m"),
      kubeletHealthCheck: duration("4m"),
      kubernetesAPICall: duration("1m"),
      etcdAPICall: duration("2m"),
      tlsBootstrap: duration("5m"),
      discovery: duration("5m"),
      upgradeManifests: duration("5m"),
    },
    unmountFlags: [],
  });
  assert.ok(Object.isFrozen(config) && Object.isFrozen(config.timeouts));
});

Deno.test("reset: every field of the file counts, and names of checks are added to", () => {
  const text = `${HEAD}certificatesDir: /pki
cleanupTmpDir: true
criSocket: /run/crio/crio.sock
force: true
ignorePreflightErrors: [IsPrivilegedUser]
skipPhases: [remove-etcd-member]
unmountFlags: [MNT_DETACH, MNT_FORCE]
timeouts: {kubernetesAPICall: 90s}
`;
  const config = load(text, { "--ignore-preflight-errors": ["Mem"], "--dry-run": true });
  assert.equal(config.certificatesDir, "/pki");
  assert.equal(config.cleanupTmpDir, true);
  assert.equal(config.criSocket, "unix:///run/crio/crio.sock");
  assert.equal(config.force, true);
  assert.equal(config.dryRun, true);
  assert.deepEqual(config.ignorePreflightErrors, ["isprivilegeduser", "mem"]);
  assert.deepEqual(config.skipPhases, ["remove-etcd-member"]);
  assert.deepEqual(config.unmountFlags, ["MNT_DETACH", "MNT_FORCE"]);
  assert.deepEqual(config.timeouts.kubernetesAPICall, duration("90s"));
});

Deno.test("reset: problems are told at once, with flag or field path", () => {
  const text = `${HEAD}certificatesDir: pki\nunmountFlags: [MNT_FORCED]\nskipPhase: [a]\n`;
  const found = problemsOf(text, { "--cri-socket": "tcp://1.2.3.4:5", "--ignore-preflight-errors": ["all", "Mem"] });
  assert.equal(found.length, 5);
  assert.match(found[0]!, /^ResetConfiguration.skipPhase: unknown field "skipPhase"; did you mean "skipPhases"/);
  assert.match(found.join("\n"), /^ResetConfiguration.certificatesDir: must be an absolute path; got "pki"$/m);
  assert.match(
    found.join("\n"),
    /^ResetConfiguration.unmountFlags\[0\]: must be one of MNT_FORCE, .*; got "MNT_FORCED"; did you mean/m,
  );
  assert.match(found.join("\n"), /^--cri-socket: must be the URL of a local socket.*; got "tcp:/m);
  assert.match(found.join("\n"), /^--ignore-preflight-errors: "all" and the names of checks are mutually exclusive$/m);
});

Deno.test("reset: several sockets on the host have to be chosen from", () => {
  assert.match(problemsOf(undefined, {}, { criSockets: ["unix:///a", "unix:///b"] })[0]!, /^--cri-socket: is required/);
});

Deno.test("reset: a file of another kind is refused", () => {
  const text = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n";
  assert.throws(() => load(text), { name: "InvalidInput", message: /no ResetConfiguration found/ });
});
