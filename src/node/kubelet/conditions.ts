/** Conditions of the kubelet's unit, which make systemd skip a start without an error. Observes, never changes. @module */
import { type UnitPart, unitSettings } from "../../cluster/kubelet/unit_syntax.ts";
import type { Problem } from "../../errors.ts";
import type { Host, UnitState } from "../../system.ts";

/** A condition, `ConditionPathExists=/x`, and the file that sets it. */
export interface UnitCondition {
  name: string;
  value: string;
  source: string;
}

/** Where this program, the kubelet and the container runtime create files: a path there may exist later. */
const OURS = [
  "/etc/kubernetes",
  "/var/lib/kubelet",
  "/var/lib/etcd",
  "/var/lib/kubewright",
  "/run",
  "/var/run",
  "/proc",
];

/** What to do about a condition. */
export const CONDITION_HINT =
  "Satisfy the condition, or remove it from that file. Show the condition that failed: systemctl status kubelet";

/** The conditions of a unit with its drop-ins; an empty value clears those of [Unit], or those of ExecCondition=. */
export function conditionsOf(parts: readonly UnitPart[]): UnitCondition[] {
  let unit: UnitCondition[] = [];
  let service: UnitCondition[] = [];
  for (const { path: source, content } of parts) {
    for (const { section, name, value } of unitSettings(content)) {
      if (section === "Unit" && /^(Condition|Assert)[A-Z]/.test(name)) {
        unit = value === "" ? unit.filter((one) => one.name.startsWith("A") !== name.startsWith("A")) : [
          ...unit,
          { name, value, source },
        ];
      }
      if (section === "Service" && name === "ExecCondition") {
        service = value === "" ? [] : [...service, { name, value, source }];
      }
    }
  }
  return [...unit, ...service];
}

/** Conditions as text, each with its file. */
export function conditionText(conditions: readonly UnitCondition[], { result }: Pick<UnitState, "result">): string {
  const meant = conditions.filter(({ name }) => (name === "ExecCondition") === (result === "exec-condition"));
  const texts = meant.map(({ name, value, source }) => `${name}=${value} in "${source}"`);
  return texts.length === 0
    ? "a condition of the unit is not met"
    : `a condition of the unit is not met: ${texts.join(", or ")}`;
}

/** Paths that must exist, or must not, which can be checked in advance; only systemd can judge other conditions. */
export async function failedPathCondition(
  host: Host,
  conditions: readonly UnitCondition[],
): Promise<Problem | undefined> {
  for (const { name, value, source } of conditions) {
    const [, triggers, negated, path] = /^(\|?)\s*(!?)\s*(\/[^%]*)$/.exec(value) ?? [];
    if (!/^(Condition|Assert)PathExists$/.test(name) || path === undefined || triggers !== "") continue;
    if (OURS.some((folder) => path === folder || path.startsWith(`${folder}/`))) continue;
    if ((await host.stat(path) !== undefined) === (negated === "")) continue;
    const what = `has ${name}=${value}, which is not met: systemd would not start the kubelet`;
    return { where: source, what, hint: CONDITION_HINT };
  }
  return undefined;
}
