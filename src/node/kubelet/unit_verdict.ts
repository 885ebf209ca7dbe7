/** Whether a kubelet unit reads the files that this program writes. @module */
import type { Problem } from "../../errors.ts";
import type { Host } from "../../system.ts";
import { KUBELET_FILES } from "../../cluster/paths.ts";
import {
  commandWords,
  environmentFile,
  flagValues,
  type UnitPart,
  unitSettings,
} from "../../cluster/kubelet/unit_syntax.ts";
import { conditionsOf, failedPathCondition } from "./conditions.ts";
import { moveAway } from "../../text/shell.ts";

/** Stands for our flags on the command line. */
const OUR_FLAGS = "--flags-of-kubewright";

/** A value, and the file that sets it. */
interface Sourced {
  value: string;
  source: string;
}

/** The effective settings of a unit: an empty value clears a list. */
interface Effective {
  commands: Sourced[];
  environment: Sourced[];
  files: string[];
}

function effective(parts: readonly UnitPart[]): Effective {
  const result: Effective = { commands: [], environment: [], files: [] };
  for (const { path: source, content } of parts) {
    for (const { section, name, value } of unitSettings(content)) {
      if (section !== "Service") continue;
      const list = name === "ExecStart" ? "commands" : name === "Environment" ? "environment" : undefined;
      if (name === "EnvironmentFile") result.files = value === "" ? [] : [...result.files, value.replace(/^-/, "")];
      if (list) result[list] = value === "" ? [] : [...result[list], { value, source }];
    }
  }
  return result;
}

/** The variables of the service: files win over the unit. */
async function variablesOf(host: Host, { environment, files }: Effective): Promise<Map<string, Sourced>> {
  const variables = new Map<string, Sourced>();
  for (const { value, source } of environment) {
    // Each word is an assignment of its own.
    for (const word of commandWords(value, new Map())) {
      const at = word.indexOf("=");
      if (at > 0) variables.set(word.slice(0, at), { value: word.slice(at + 1), source });
    }
  }
  for (const source of files) {
    const text = source === KUBELET_FILES.flags
      ? `KUBELET_KUBEADM_ARGS=${OUR_FLAGS}\n`
      : await host.readText(source) ?? "";
    for (const [name, value] of environmentFile(text)) variables.set(name, { value, source });
  }
  return variables;
}

/** Flags with which the kubelet finds the files that this program writes. */
const WANTED: readonly (readonly [string, string])[] = [
  ["config", KUBELET_FILES.configuration],
  ["kubeconfig", KUBELET_FILES.kubeconfig],
];

const HOW = "Pass --config, --kubeconfig and $KUBELET_KUBEADM_ARGS in its ExecStart, as kubeadm's unit does";

/** Our files, each with the variable of the unit that refers to it. */
const NAMES = [[KUBELET_FILES.configuration, "KUBELET_CONFIG_ARGS"], [
  KUBELET_FILES.flags,
  "KUBELET_KUBEADM_ARGS",
]] as const;

/** The command of a shell or wrapper is unknown: it, or the file that starts it, must name our files. */
async function unnamed(host: Host, program: string, content: string): Promise<string[]> {
  const script = program.startsWith("/") ? await host.readText(program) ?? "" : "";
  const text = script.startsWith("#!") ? `${content}\n${script}` : content;
  return NAMES.filter((names) => !names.some((name) => text.includes(name))).map(([path]) => path);
}

/** A problem with a file of the unit. */
export function kubeletUnitProblem(where: string, what: string): Problem {
  return { where, what, hint: `${HOW}, or move the file away: ${moveAway([where])}` };
}

/** The flags that the unit itself starts the kubelet with, the last value of each; not those of {@linkcode KUBELET_FILES.flags}. */
export async function unitFlags(
  host: Host,
  unit: UnitPart,
  dropIns: readonly UnitPart[],
): Promise<Map<string, string>> {
  const settings = effective([unit, ...dropIns]);
  const values = new Map([...await variablesOf(host, settings)].map(([name, { value }]) => [name, value]));
  return flagValues(commandWords(settings.commands[0]?.value ?? "", values));
}

/**
 * What keeps the kubelet from reading our files, and the file at fault; undefined: nothing.
 * @param kubeletPath the kubelet of this host; another check verifies that it exists.
 */
export async function judgeKubeletUnit(
  host: Host,
  kubeletPath: string,
  unit: UnitPart,
  dropIns: readonly UnitPart[],
): Promise<Problem | undefined> {
  const parts = [unit, ...dropIns];
  const settings = effective(parts);
  const [command, second] = settings.commands;
  if (!command) {
    return kubeletUnitProblem(dropIns.at(-1)?.path ?? unit.path, "leaves the kubelet's unit without an ExecStart");
  }
  if (second) {
    return kubeletUnitProblem(second.source, "adds a second ExecStart; an empty ExecStart= must come before it");
  }
  const variables = await variablesOf(host, settings);
  const values = new Map([...variables].map(([name, { value }]) => [name, value]));
  const words = commandWords(command.value.replace(/^[-@:+!|]+/, ""), values);
  const program = words[0] ?? "";
  if (!/(^|\/)kubelet$/.test(program)) {
    const missing = await unnamed(host, program, parts.find(({ path }) => path === command.source)!.content);
    return missing.length === 0
      ? undefined
      : kubeletUnitProblem(command.source, `runs "${program}", which does not name ${missing.join(" and ")}`);
  }
  if (program.startsWith("/") && program !== kubeletPath && await host.stat(program) === undefined) {
    return kubeletUnitProblem(command.source, `runs "${program}", which does not exist`);
  }
  const flags = flagValues(words);
  for (const [flag, wanted] of WANTED) {
    const value = flags.get(flag);
    if (value === wanted) continue;
    const text = value === undefined ? "" : `--${flag}=${value}`;
    const setter = [...variables.values()].findLast((variable) => text !== "" && variable.value.includes(text));
    return kubeletUnitProblem(
      setter?.source ?? command.source,
      value === undefined
        ? `starts the kubelet without --${flag}=${wanted}`
        : `starts the kubelet with --${flag}=${value} instead of --${flag}=${wanted}`,
    );
  }
  if (words.includes(OUR_FLAGS)) return await failedPathCondition(host, conditionsOf(parts));
  return kubeletUnitProblem(
    command.source,
    `starts the kubelet without the flags in ${KUBELET_FILES.flags} ($KUBELET_KUBEADM_ARGS)`,
  );
}
