import { ALLOWED } from "../interop/allowed.ts";
import { compareClusters } from "../interop/booted.ts";
import { CASES } from "../interop/cases.ts";
import { CLUSTERS } from "../interop/clusters.ts";
import { compareFiles, filesHost } from "../interop/files.ts";
import { compareJoin, JOIN_CASES } from "../interop/joins.ts";
import { bare, compareObjects, judgeHost } from "../interop/judge.ts";
import { Tally } from "../interop/tally.ts";
import type { Scenario } from "../scenario.ts";
import { minor } from "../versions.ts";

/** Names of configurations to which a run is restricted, with commas between. */
const ONLY = "KUBEWRIGHT_LAB_INTEROP";

export const scenario: Scenario = {
  name: "interop",
  summary: "real kubeadm and kubewright make the same of the same configurations, field by field",
  async run(t) {
    const only = (Deno.env.get(ONLY) || undefined)?.split(",");
    const wanted = ({ name }: { name: string }) => only?.includes(name) ?? true;
    const [cases, joins, clusters] = [CASES.filter(wanted), JOIN_CASES.filter(wanted), CLUSTERS.filter(wanted)];
    if (cases.length + joins.length + clusters.length === 0) {
      throw new Error(`Cannot compare "${Deno.env.get(ONLY)}": there is no such configuration`);
    }
    const tally = new Tally(ALLOWED, minor());
    const attempt = (of: { name: string }, stage: string, work: Promise<void>) =>
      work.catch((error) => t.log(tally.broken(of.name, stage, error)));
    if (cases.length + joins.length > 0) {
      const files = await t.step("a host for files boots", () => filesHost(t));
      for (const of of cases) await attempt(of, "files", compareFiles(t, files, of, tally));
      const judge = await t.step("a cluster for objects and workers starts", () => judgeHost(t));
      for (const of of joins) await attempt(of, "files", compareJoin(t, judge, files, of, tally));
      await files.kill();
      await bare(judge);
      for (const of of cases.filter(({ onlyFiles }) => !onlyFiles)) {
        await attempt(of, "objects", compareObjects(t, judge, of, tally));
      }
      await judge.kill();
    }
    for (const of of clusters) await attempt(of, "booted", compareClusters(t, of, tally));
    for (const line of tally.report()) t.log(line);
    const problems = tally.problems(only === undefined);
    if (problems.length > 0) throw new Error(`${problems.length} problems:\n${problems.join("\n")}`);
  },
};
