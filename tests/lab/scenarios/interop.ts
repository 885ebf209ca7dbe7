import { ALLOWED } from "../interop/allowed.ts";
import { CASES } from "../interop/cases.ts";
import { compareFiles, filesHost } from "../interop/files.ts";
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
    const chosen = CASES.filter(({ name }) => only?.includes(name) ?? true);
    if (chosen.length === 0) throw new Error(`Cannot compare "${Deno.env.get(ONLY)}": there is no such configuration`);
    const tally = new Tally(ALLOWED, minor());
    const files = await t.step("a host for files boots", () => filesHost(t));
    for (const of of chosen) {
      await compareFiles(t, files, of, tally).catch((error) => t.log(tally.broken(of.name, "files", error)));
    }
    for (const line of tally.report()) t.log(line);
    const problems = tally.problems(only === undefined);
    if (problems.length > 0) throw new Error(`${problems.length} problems:\n${problems.join("\n")}`);
  },
};
