import type { Host } from "../host.ts";
import { described, INIT, recover } from "../interrupted.ts";
import { prepare } from "../kubewright.ts";
import { type Output, run } from "../process.ts";
import type { Run, Scenario } from "../scenario.ts";
import { countFrom, seeded, trials } from "../trials.ts";

/** Where strace and its libraries are put on a host. */
const FOLDER = "/usr/local/lib/strace";
const STRACE = ["/lib64/ld-linux-x86-64.so.2", "--library-path", FOLDER, `${FOLDER}/strace`, "-f", "-qq"];
/** The calls that make a change last: the moments right before and after them are where half a change can be seen. */
const CALLS = ["rename", "fsync", "mkdir", "unlink"];

/** A moment: the first time that the program makes this call for this path. */
interface Moment {
  call: string;
  /** In names of temporary files, PID stands for the program's process id. */
  path: string;
}

/** Gives a host this machine's strace, with the libraries that bare hosts do not have. */
async function installStrace(host: Host): Promise<void> {
  const [program = ""] = (await run(["sh", "-c", "command -v strace || true"])).stdout.split("\n");
  if (program === "") throw new Error("Cannot trace: there is no strace on this machine; apt-get install strace");
  await host.push(program, `${FOLDER}/strace`);
  const { stdout } = await run(["ldd", program]);
  for (const [, name, library] of stdout.matchAll(/^\s*(lib(?:unwind|lzma)\S+) => (\S+)/gm)) {
    await host.push(library!, `${FOLDER}/${name}`);
  }
}

/** Every moment of an undisturbed run, in order, each once. */
async function momentsOf(host: Host): Promise<Moment[]> {
  await prepare(host);
  await installStrace(host);
  const trace = `--trace=${CALLS.join(",")}`;
  await host.exec([...STRACE, "-y", trace, "--output=/tmp/trace", ...INIT], { timeout: 400_000 });
  const moments = new Map<string, Moment>();
  for (const line of (await host.read("/tmp/trace")).split("\n")) {
    const [, call, fsynced, named] = /^\d+ +(\w+)\((?:\d+<([^>]*)>|"([^"]*)")/.exec(line) ?? [];
    const path = (fsynced ?? named ?? "").replace(/\.\d+(-\d+\.tmp)$/, ".PID$1");
    if (call === undefined || !/^\/(etc|var\/lib)\//.test(path) || moments.has(`${call} ${path}`)) continue;
    moments.set(`${call} ${path}`, { call, path });
  }
  return [...moments.values()];
}

/**
 * Runs `init` and has the kernel end it as it makes the call: the call is not done any more. The tracer is a grandchild
 * (`-D`), so the program has the process id of the shell that it replaces.
 */
async function killedAt(host: Host, { call, path }: Moment): Promise<Output> {
  await installStrace(host);
  const script = `path=$(echo "$0" | sed "s/[.]PID-/.$$-/"); exec ${STRACE.join(" ")} -D "--trace-path=$path" "$@"`;
  const inject = [`--trace=${call}`, `--inject=${call}:signal=KILL:when=1`, "--output=/dev/null"];
  return await host.exec(["sh", "-euc", script, path, ...inject, ...INIT], { check: false, timeout: 400_000 });
}

/** `count` of them, spread over all: one from each equal part. */
function sample(moments: readonly Moment[], count: number, random: () => number): Moment[] {
  const part = moments.length / count;
  return Array.from({ length: count }, (_, i) => moments[Math.trunc((i + random()) * part)]!);
}

export const scenario: Scenario = {
  name: "kill-rename",
  summary: "init killed at system calls that make changes last (KUBEWRIGHT_KILLS, 12): as in kill",
  async run(t: Run) {
    const random = seeded(t);
    const all = await t.step("undisturbed run under strace", async () => {
      const host = await t.host("k0");
      const moments = await momentsOf(host);
      await host.kill();
      return moments;
    });
    const counts = CALLS.map((call) => `${all.filter((moment) => moment.call === call).length} ${call}`);
    t.log(`${all.length} moments: ${counts.join(", ")}`);
    await trials(
      t,
      sample(all, Math.min(all.length, countFrom("KUBEWRIGHT_KILLS", 12)), random).map((moment) => ({
        label: `killed at ${moment.call} ${moment.path}`,
        run: async (host) => {
          const recovery = await recover(t, host, (host) => killedAt(host, moment));
          t.assert(!recovery.unharmed, `the run was not killed`);
          return described(recovery);
        },
      })),
    );
  },
};
