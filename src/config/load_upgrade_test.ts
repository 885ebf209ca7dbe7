import assert from "node:assert/strict";
import type { InvalidInput } from "../errors.ts";
import { duration } from "./duration.ts";
import { loadUpgrade } from "./load_upgrade.ts";

const HEAD = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: UpgradeConfiguration\n";

Deno.test("upgrade: nothing given is kubeadm's defaults", () => {
  const config = loadUpgrade(undefined);
  const node = {
    certificateRenewal: true,
    dryRun: false,
    etcdUpgrade: true,
    ignorePreflightErrors: [],
    imagePullPolicy: "IfNotPresent",
    imagePullSerial: true,
    skipPhases: [],
  };
  const plan = {
    allowExperimentalUpgrades: false,
    allowRCUpgrades: false,
    dryRun: false,
    etcdUpgrade: true,
    ignorePreflightErrors: [],
    printConfig: false,
  };
  const { timeouts, ...rest } = config;
  assert.deepEqual(rest, { apply: { ...plan, ...node, forceUpgrade: false }, diff: { contextLines: 0 }, node, plan });
  assert.deepEqual(timeouts.upgradeManifests, duration("5m"));
  assert.ok(Object.isFrozen(config.apply));
});

Deno.test("upgrade: every field of the file counts", () => {
  const { apply, diff, node, plan, timeouts } = loadUpgrade(`${HEAD}
apply:
  kubernetesVersion: v1.37.2
  allowExperimentalUpgrades: yes
  allowRCUpgrades: true
  certificateRenewal: no
  dryRun: true
  etcdUpgrade: false
  forceUpgrade: true
  ignorePreflightErrors: [Mem]
  imagePullPolicy: Never
  imagePullSerial: false
  patches: {directory: /patches}
  printConfig: true
  skipPhases: [addon]
diff: {kubernetesVersion: v1.37.1, contextLines: 3000000000}
node: {etcdUpgrade: false, certificateRenewal: false, skipPhases: [preflight]}
plan: {kubernetesVersion: v1.37.0, etcdUpgrade: false}
timeouts: {upgradeManifests: 1h}
`);
  assert.deepEqual(apply, {
    kubernetesVersion: "v1.37.2",
    allowExperimentalUpgrades: true,
    allowRCUpgrades: true,
    certificateRenewal: false,
    dryRun: true,
    etcdUpgrade: false,
    forceUpgrade: true,
    ignorePreflightErrors: ["mem"],
    imagePullPolicy: "Never",
    imagePullSerial: false,
    patchesDirectory: "/patches",
    printConfig: true,
    skipPhases: ["addon"],
  });
  assert.deepEqual(diff, { kubernetesVersion: "v1.37.1", contextLines: 3_000_000_000 }); // Go has 64 bits for it
  assert.deepEqual([node.etcdUpgrade, node.certificateRenewal, node.skipPhases], [false, false, ["preflight"]]);
  assert.deepEqual([plan.kubernetesVersion, plan.etcdUpgrade], ["v1.37.0", false]);
  assert.deepEqual(timeouts.upgradeManifests, duration("1h"));
});

Deno.test("upgrade: problems are told at once", () => {
  const text = `${HEAD}apply: {patches: {directory: p}, ignorePreflightErrors: [all, Mem], typo: 1}
node: {imagePullPolicy: Sometimes}\ndiff: {contextLines: -1}\n`;
  assert.throws(() => loadUpgrade(text, "up.yaml"), (error: InvalidInput) => {
    assert.deepEqual(error.problems.map(({ where, line, column }) => `${where} ${line}:${column}`), [
      "UpgradeConfiguration.apply.typo 3:69",
      "UpgradeConfiguration.apply.patches.directory 3:30",
      "UpgradeConfiguration.diff.contextLines 5:22",
      "UpgradeConfiguration.node.imagePullPolicy 4:25",
      "UpgradeConfiguration.apply.ignorePreflightErrors 3:57",
    ]);
    return true;
  });
});
