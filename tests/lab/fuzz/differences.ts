/**
 * What differs between what both programs made of one configuration, and which of it is meant.
 *
 * @module
 */
import {
  type Allowance,
  allowanceFor,
  compare,
  type Difference,
  flatten,
  type Outcome,
  rename,
} from "../interop/compare.ts";
import { treeOutcome } from "../interop/tree.ts";
import { parseYaml } from "../interop/yaml.ts";
import type { Ending, Made } from "./batch.ts";
import { type VerdictAllowance, verdictDifference } from "./verdicts.ts";

/** A difference that nothing allows. `key` is the same for differences of one kind. */
export interface Found {
  key: string;
  shown: string;
}

/** All that is allowed, with how often it was needed. */
export interface Allowed {
  fields: readonly Allowance[];
  verdicts: readonly VerdictAllowance[];
  used: Map<Allowance | VerdictAllowance, number>;
  /** Fields that were compared so far. */
  compared: { fields: number; files: number };
}

type Pair = Readonly<Record<"kubeadm" | "kubewright", Made>>;

/** Compares all stages that there are. */
export async function differencesOf(pair: Pair, text: string, allowed: Allowed): Promise<Found[]> {
  const { kubeadm, kubewright } = pair;
  const verdict = verdictDifference(kubeadm.stages.get("validate")!, kubewright.stages.get("validate")!, text, allowed);
  if (verdict) return [verdict];
  if ([kubeadm, kubewright].some(({ stages }) => stages.get("validate")!.code !== 0)) return [];
  const found: Found[] = [];
  for (const [stage, theirs] of kubeadm.stages) {
    if (stage === "validate") continue;
    const ours = kubewright.stages.get(stage);
    if (!ours || (theirs.code === 0) !== (ours.code === 0)) {
      found.push(...endings(stage, theirs, ours, text, allowed));
    } else if (theirs.code === 0 && /^(migrate|images|addon)/.test(stage)) {
      found.push(...printed(stage, theirs.stdout, ours.stdout, allowed));
    }
  }
  if (kubeadm.tree.size > 0 && failed(kubeadm) === undefined && failed(kubewright) === undefined) {
    allowed.compared.files++;
    const [theirs, ours] = [
      await treeOutcome(kubeadm.tree, kubeadm.started),
      await treeOutcome(kubewright.tree, kubewright.started),
    ];
    found.push(...fields("files", theirs, ours, allowed));
  }
  return found;
}

/** The first phase that failed. */
function failed({ stages }: Made): string | undefined {
  return [...stages].find(([stage, { code }]) => code !== 0 && !stage.startsWith("addon"))?.[0];
}

function endings(stage: string, theirs: Ending, ours: Ending | undefined, text: string, allowed: Allowed): Found[] {
  const last = (ending: Ending | undefined) => (ending?.stderr || ending?.stdout || "").trim().slice(-600);
  const reason = theirs.code === 0 ? last(ours) : last(theirs);
  const who = theirs.code === 0 ? "kubewright" : "kubeadm";
  const meant = allowed.verdicts.find((allowance) =>
    allowance.refusedBy === who && (allowance.stage?.test(stage) ?? false) && allowance.says.test(reason) &&
    (allowance.text?.test(text) ?? true)
  );
  if (meant) return count(allowed, meant), [];
  return [{ key: `${stage}: ${who} fails: ${shape(reason).slice(-80)}`, shown: `${stage}: ${who} fails: ${reason}` }];
}

/** A message without what is in quotes and without numbers. */
export function shape(message: string): string {
  return message.replace(/"(\\.|[^"\\])*"/g, '""').replace(/\d+/g, "N");
}

export function count(allowed: Allowed, allowance: Allowance | VerdictAllowance): void {
  allowed.used.set(allowance, (allowed.used.get(allowance) ?? 0) + 1);
}

function fields(stage: string, theirs: Outcome, ours: Outcome, allowed: Allowed): Found[] {
  const { fields, differences } = compare(theirs, ours);
  allowed.compared.fields += fields;
  return differences.flatMap((difference): Found[] => {
    const meant = allowanceFor(difference, allowed.fields, "");
    if (meant) return count(allowed, meant), [];
    const { document, path, kubeadm, kubewright } = difference;
    const place = `${stage} ${document} ${path}`.replace(/\[[^\]]*\]/g, "[]").replace(/\{[^}]*\}/g, "{}");
    const shown = (value: string | undefined) => (value ?? "nothing").slice(0, 300);
    return [{
      key: place,
      shown: `${stage} ${document} ${path}: kubeadm ${shown(kubeadm)}, kubewright ${shown(kubewright)}`,
    }];
  });
}

/**
 * Compares what is printed. What is no YAML is a difference of its own; kubeadm's templates do not quote, and an image in
 * brackets is none there.
 */
function printed(stage: string, theirs: string, ours: string, allowed: Allowed): Found[] {
  const read = (who: string, text: string): { outcome?: Outcome; trouble: Found[] } => {
    try {
      return { outcome: outcomeOf(stage, text), trouble: [] };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const lines = text.split("\n");
      const line = Number(/at line (\d+)/.exec(error.message)?.[1] ?? 1);
      const around = lines.slice(Math.max(0, line - 3), line + 1).join("\n");
      const key = `${stage}: ${who} prints no YAML`;
      return { trouble: [{ key, shown: `${key}:\n${around}` }] };
    }
  };
  const [expected, made] = [read("kubeadm", theirs), read("kubewright", ours)];
  if (expected.outcome && made.outcome) return fields(stage, expected.outcome, made.outcome, allowed);
  const unquoted = /image: "?\[/.test(theirs);
  return [...unquoted ? [] : expected.trouble, ...made.trouble];
}

/** Documents of a printed text by kind and name, or its lines. */
function outcomeOf(stage: string, stdout: string): Outcome {
  if (stage === "images") return new Map([["images", flatten(stdout.trim().split("\n"))]]);
  const outcome = new Map<string, Map<string, string>>();
  for (const text of stdout.split(/^---\n/m)) {
    const document = parseYaml(text) as Record<string, unknown> | null;
    if (!document) continue;
    const name = (document["metadata"] as { name?: string } | undefined)?.name;
    const data = document["data"] as Record<string, string> | undefined;
    const readable = data && document["kind"] === "ConfigMap"
      ? {
        ...document,
        data: Object.fromEntries(
          Object.entries(data).map(([key, value]) => [key, key.endsWith(".conf") ? parseYaml(value) : value]),
        ),
      }
      : document;
    outcome.set([document["kind"], name].filter(Boolean).join(" "), flatten(readable));
  }
  return rename(outcome, {});
}

export type { Difference };
