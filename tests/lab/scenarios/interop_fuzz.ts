import type { Allowance } from "../interop/compare.ts";
import { FUZZ_ALLOWED, VERDICTS } from "../fuzz/allowed.ts";
import type { VerdictAllowance } from "../fuzz/verdicts.ts";
import { describeKind, fuzz } from "../fuzz/run.ts";
import { preparePeer } from "../peer.ts";
import { PROGRAM } from "../kubewright.ts";
import { binary, type Scenario } from "../scenario.ts";

/** Seed and number of configurations where the command line has none: those of CI. */
const [SEED, COUNT] = [1, 200];

export const scenario: Scenario = {
  name: "interop-fuzz",
  summary:
    "real kubeadm and kubewright judge and make the same of configurations that a seed generates: [seed [count]]",
  async run(t) {
    const [seed = SEED, count = COUNT] = t.numbers;
    const host = await t.step("a host for files boots", () => t.host("fuzz"));
    await preparePeer(host);
    await host.push(await binary(), PROGRAM);
    const allowed = {
      fields: FUZZ_ALLOWED,
      verdicts: VERDICTS,
      used: new Map<Allowance | VerdictAllowance, number>(),
      compared: { fields: 0, files: 0 },
    };
    const execute = async (script: string, args: readonly string[], stdin: string) =>
      (await host.exec(["sh", "-euc", script, "batch", ...args], { stdin, timeout: 600_000 })).stdout;
    const { kinds, verdicts } = await t.step(
      `${count} configurations of seed ${seed}`,
      () =>
        fuzz(
          { seed, count, filesOneIn: 10, lanes: 2, shrinkSeconds: 120 },
          execute,
          ["kubeadm", PROGRAM],
          allowed,
          (line) => t.log(line),
        ),
    );
    const { both, neither, one } = verdicts;
    t.log(`${both} taken by both, ${neither} refused by both, ${one} taken by one`);
    t.log(`${allowed.compared.fields} fields compared; files of ${allowed.compared.files} configurations`);
    for (const [{ reason }, times] of allowed.used) t.log(`${String(times).padStart(6)}  ${reason}`);
    if (kinds.length === 0) return;
    const shown = kinds.map((kind) => describeKind(kind, seed)).join("\n");
    throw new Error(`${kinds.length} kinds of differences that nothing allows:\n${shown}`);
  },
};
