/** Conditions of the kubelet's unit, by which systemd passes over a start without a word. Observes, never changes. @module */
import { type UnitPart, unitSettings } from "../../cluster/kubelet/unit_syntax.ts";
import type { Problem } from "../../errors.ts";
import type { Host, UnitState } from "../../system.ts";

/** A condition, `ConditionPathExists=/x`, and the file that sets it. */
export interface UnitCondition {
  name: string;
  value: string;
  source: string;
}

/** Where this program, the kubelet and the container runtime make files: what is there now says nothing of later. */
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
  "Make the condition hold, or remove it from that file; systemctl status kubelet shows which one systemd means.";

/** The conditions of a unit with its drop-ins; an empty value takes back those of [Unit], or those of ExecCondition=. */
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

/** Conditions in words, each with its file. */
export function conditionText(conditions: readonly UnitCondition[], { result }: Pick<UnitState, "result">): string {
  const meant = conditions.filter(({ name }) => (name === "ExecCondition") === (result === "exec-condition"));
  const texts = meant.map(({ name, value, source }) => `${name}=${value} in "${source}"`);
  return texts.length === 0
    ? "a condition of the unit does not hold"
    : `a condition of the unit does not hold: ${texts.join(", or ")}`;
}

/** Paths that have to be there, or must not be, which can be said before anything is made; other conditions systemd alone can judge. */
export async function failedPathCondition(
  host: Host,
  conditions: readonly UnitCondition[],
): Promise<Problem | undefined> {
  for (const { name, value, source } of conditions) {
    const [, triggers, negated, path] = /^(\|?)\s*(!?)\s*(\/[^%]*)$/.exec(value) ?? [];
    if (!/^(Condition|Assert)PathExists$/.test(name) || path === undefined || triggers !== "") continue;
    if (OURS.some((folder) => path === folder || path.startsWith(`${folder}/`))) continue;
    if ((await host.stat(path) !== undefined) === (negated === "")) continue;
    const what = `has ${name}=${value}, which does not hold: systemd would not start the kubelet`;
    return { where: source, what, hint: CONDITION_HINT };
  }
  return undefined;
}
