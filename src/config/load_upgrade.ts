import { checkNames, completeTimeouts, type Given } from "./defaults.ts";
import { freeze, type LoadOptions, openDocuments, summary } from "./documents.ts";
import { KUBEADM_KINDS } from "./kubeadm_kinds.ts";
import { aVersion } from "./kubernetes_version.ts";
import { checkValues } from "./schema.ts";
import type * as t from "./types.ts";
import { validateIgnoredChecks } from "./validate_node.ts";
import { mustBe, quoted } from "./wording.ts";

/** A part of the document that passed `checkShape`. */
type GivenPart<Part> = Given<Omit<Part, "patchesDirectory">> & { patches?: { directory?: string } };

interface GivenUpgrade {
  apply?: GivenPart<t.UpgradeApply>;
  diff?: Given<t.UpgradeDiff>;
  node?: GivenPart<t.UpgradeNode>;
  plan?: Given<t.UpgradePlan>;
  timeouts?: Given<t.Timeouts>;
}

function completeNode(given: GivenPart<t.UpgradeNode> = {}): t.UpgradeNode {
  return {
    certificateRenewal: given.certificateRenewal ?? true,
    dryRun: given.dryRun ?? false,
    etcdUpgrade: given.etcdUpgrade ?? true,
    ignorePreflightErrors: checkNames(given.ignorePreflightErrors),
    imagePullPolicy: given.imagePullPolicy || "IfNotPresent",
    imagePullSerial: given.imagePullSerial ?? true,
    ...(given.patches?.directory ? { patchesDirectory: given.patches.directory } : {}),
    skipPhases: given.skipPhases ?? [],
  };
}

function completePlan(given: Given<t.UpgradePlan> = {}): t.UpgradePlan {
  return {
    ...(given.kubernetesVersion ? { kubernetesVersion: given.kubernetesVersion } : {}),
    allowExperimentalUpgrades: given.allowExperimentalUpgrades ?? false,
    allowRCUpgrades: given.allowRCUpgrades ?? false,
    dryRun: given.dryRun ?? false,
    etcdUpgrade: given.etcdUpgrade ?? true,
    ignorePreflightErrors: checkNames(given.ignorePreflightErrors),
    printConfig: given.printConfig ?? false,
  };
}

function completeApply(given: GivenPart<t.UpgradeApply> = {}): t.UpgradeApply {
  return { ...completePlan(given), ...completeNode(given), forceUpgrade: given.forceUpgrade ?? false };
}

/** A version, or one of the labels that kubeadm supports. */
const VERSION =
  /^(v?(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}([-+][\dA-Za-z.+-]+)?|(k8s-)?(ci|release)\/[-\w.+]+|(latest|stable)(-[1-9](\.[1-9]\d*)?)?)$/;

/**
 * The configuration of `upgrade`; other kinds in the file are for other commands. Pure, like `loadInit`.
 * @param text the configuration file; undefined for none.
 * @param source the name of the file in messages: its path.
 * @throws {InvalidInput} with every problem, each with its field path.
 */
export function loadUpgrade(
  text: string | undefined,
  source = "configuration",
  options: LoadOptions = {},
): t.UpgradeConfiguration {
  const { documents, problems } = openDocuments(text, source, {}, ["UpgradeConfiguration"], options);
  const given = (documents.UpgradeConfiguration ?? {}) as GivenUpgrade;
  checkValues(KUBEADM_KINDS.UpgradeConfiguration, given, "UpgradeConfiguration", problems.add);
  for (const part of ["apply", "node", "plan"] as const) {
    const names = checkNames(given[part]?.ignorePreflightErrors);
    validateIgnoredChecks(names, `UpgradeConfiguration.${part}`, problems.add);
  }
  for (const part of ["apply", "diff", "plan"] as const) {
    const version = given[part]?.kubernetesVersion;
    if (typeof version !== "string" || version === "" || VERSION.test(version)) continue;
    problems.add(`UpgradeConfiguration.${part}.kubernetesVersion`, mustBe(aVersion("v1.37.2"), quoted(version)));
  }
  problems.throwIfAny(summary(source, text !== undefined));
  return freeze({
    apply: completeApply(given.apply),
    diff: {
      ...(given.diff?.kubernetesVersion ? { kubernetesVersion: given.diff.kubernetesVersion } : {}),
      contextLines: given.diff?.contextLines ?? 0,
    },
    node: completeNode(given.node),
    plan: completePlan(given.plan),
    timeouts: completeTimeouts(given.timeouts),
  });
}
