/** UpgradeConfiguration, which `config validate` reads. @module */
import { KUBEADM_KINDS } from "../../src/config/kubeadm_kinds.ts";
import { API_VERSION, type BadInput, type Category, CONFIG, line } from "./case.ts";
import { wrongTypes } from "./fields.ts";

const VALIDATE = ["config", "validate"];

/** Values, and the field that has to be named. */
const VALUES: readonly (readonly [string, string, RegExp])[] = [
  ["a field that it does not have", "aply: {}", /UpgradeConfiguration\.aply.*did you mean/],
  ["a field of apply for diff", "diff: {forceUpgrade: true}", /UpgradeConfiguration\.diff\.forceUpgrade.*: /],
  [
    "a field of node for plan",
    "plan: {certificateRenewal: true}",
    /UpgradeConfiguration\.plan\.certificateRenewal.*: /,
  ],
  ["a version for node", "node: {kubernetesVersion: v1.37.2}", /UpgradeConfiguration\.node\.kubernetesVersion.*: /],
  [
    "a version of words",
    "apply: {kubernetesVersion: newest one}",
    /UpgradeConfiguration\.apply\.kubernetesVersion.*: /,
  ],
  ["a version with a path", "plan: {kubernetesVersion: v1.37.2/../x}", /UpgradeConfiguration\.plan\.kubernetesVersion/],
  [
    "a version of four parts",
    "diff: {kubernetesVersion: v1.37.2.1}",
    /UpgradeConfiguration\.diff\.kubernetesVersion.*: /,
  ],
  ["fewer lines than none", "diff: {contextLines: -1}", /UpgradeConfiguration\.diff\.contextLines.*: /],
  ["half a line", "diff: {contextLines: 1.5}", /UpgradeConfiguration\.diff\.contextLines.*: /],
  [
    "a policy that there is not",
    "apply: {imagePullPolicy: Sometimes}",
    /UpgradeConfiguration\.apply\.imagePullPolicy.*: /,
  ],
  ["a policy in lower case", "node: {imagePullPolicy: always}", /UpgradeConfiguration\.node\.imagePullPolicy.*: /],
  ["patches in a relative directory", "node: {patches: {directory: p}}", /node\.patches\.directory.*: /],
  ["patches as text", "apply: {patches: /etc/patches}", /UpgradeConfiguration\.apply\.patches.*: /],
  [
    "all checks and one",
    "apply: {ignorePreflightErrors: [all, Mem]}",
    /apply\.ignorePreflightErrors.*: "all" and the names of checks are mutually exclusive/,
  ],
  [
    "all checks and one for plan",
    "plan: {ignorePreflightErrors: [Mem, ALL]}",
    /plan\.ignorePreflightErrors.*: "all" and the names of checks are mutually exclusive/,
  ],
  ["a time limit in words", "timeouts: {upgradeManifests: 5 minutes}", /timeouts\.upgradeManifests.*: /],
  ["a time limit below none", "timeouts: {upgradeManifests: -5m}", /timeouts\.upgradeManifests.*: /],
  ["a time limit that there is not", "timeouts: {upgradeEverything: 5m}", /timeouts\.upgradeEverything.*: /],
  ["two of them", `---\n${API_VERSION}\nkind: UpgradeConfiguration`, /UpgradeConfiguration/],
  [
    "many wrong fields",
    "apply: {dryRun: 1}\nnode: {dryRun: 2}\nplan: {dryRun: 3}",
    /apply\.dryRun.*[^]*node\.dryRun.*[^]*plan\.dryRun/,
  ],
];

function upgrade([name, yaml, says]: typeof VALUES[number]): BadInput {
  const files = { [CONFIG]: `${API_VERSION}\nkind: UpgradeConfiguration\n${yaml}\n` };
  return line(`UpgradeConfiguration with ${name}`, [...VALIDATE, "--config", CONFIG], says, { files });
}

/** What is wrong in an UpgradeConfiguration. */
export const UPGRADE_CASES: Category = {
  name: "upgrade",
  cases: () => [
    ...wrongTypes("UpgradeConfiguration", KUBEADM_KINDS.UpgradeConfiguration, "kubeadm.k8s.io/v1beta4", {
      args: VALIDATE,
    }),
    ...VALUES.map(upgrade),
  ],
};
