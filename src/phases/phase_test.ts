import assert from "node:assert/strict";
import { Interruption, InvalidInput } from "../errors.ts";
import { checkPhaseNames, type Phase, phasePaths, runPhases, selectionOf } from "./phase.ts";

/** Phases that write down that they ran. */
const PHASES: readonly Phase<string[]>[] = [
  {
    name: "certs",
    summary: "",
    run: (done) => note(done, "check"),
    phases: [
      { name: "ca", summary: "", run: (done) => note(done, "ca") },
      { name: "apiserver", summary: "", run: (done) => note(done, "apiserver") },
    ],
  },
  { name: "etcd", summary: "", when: (done) => !done.includes("external"), run: (done) => note(done, "etcd") },
];

function note(done: string[], what: string): Promise<void> {
  done.push(what);
  return Promise.resolve();
}

async function ran(words: readonly string[] | undefined, skip: readonly string[] = [], done: string[] = []) {
  const observer = { started() {}, finished() {}, failed() {} };
  await runPhases(PHASES, done, selectionOf(PHASES, skip, words), observer);
  return done;
}

Deno.test("runPhases() runs all in order, but what is skipped and what does not apply", async () => {
  assert.deepEqual(await ran(undefined), ["check", "ca", "apiserver", "etcd"]);
  assert.deepEqual(await ran(undefined, ["certs"]), ["etcd"]);
  assert.deepEqual(await ran(undefined, ["certs/ca"]), ["check", "apiserver", "etcd"]);
  assert.deepEqual(await ran(undefined, [], ["external"]), ["external", "check", "ca", "apiserver"]);
});

Deno.test("runPhases() runs one phase with what is above and below it", async () => {
  assert.deepEqual(await ran(["certs", "apiserver"]), ["check", "apiserver"]);
  assert.deepEqual(await ran(["certs", "all"]), ["check", "ca", "apiserver"]);
  assert.deepEqual(await ran(["etcd"]), ["etcd"]);
});

Deno.test("checkPhaseNames() names every unknown phase, and the nearest", () => {
  const check = () => checkPhaseNames(PHASES, { skip: ["cert"], only: "certs/apisever" });
  assert.throws(check, (error) => {
    assert.ok(error instanceof InvalidInput);
    assert.deepEqual(error.problems.map(({ what }) => what), [
      'unknown phase "cert"; did you mean "certs"?',
      'unknown phase "certs/apisever"; did you mean "certs/apiserver"?',
    ]);
    return true;
  });
});

Deno.test("phasePaths() are in order of work", () => {
  assert.deepEqual(phasePaths(PHASES), ["certs", "certs/ca", "certs/apiserver", "etcd"]);
});

Deno.test("runPhases() runs a list within the list at the same time, and ends all of it before it fails", async () => {
  const done: string[] = [];
  const later = (name: string, ms: number, fails = false): Phase<string[]> => ({
    name,
    summary: "",
    async run(done) {
      done.push(`${name} starts`);
      await new Promise((resolve) => setTimeout(resolve, ms));
      done.push(`${name} ends`);
      if (fails) throw new Error(name);
    },
  });
  const phases = [[later("slow", 20), later("quick", 1, true)], later("never", 1)];
  const observer = { started() {}, finished() {}, failed() {} };
  await assert.rejects(runPhases(phases, done, { skip: [] }, observer), /quick/);
  assert.deepEqual(done, ["slow starts", "quick starts", "quick ends", "slow ends"]);
});

const SILENT = { started() {}, finished() {}, failed() {} };

Deno.test("selectionOf() brings along what the one phase, or one above it, needs", async () => {
  const phases: Phase<string[]>[] = [
    { name: "access", summary: "", run: (done) => note(done, "access") },
    { name: "other", summary: "", run: (done) => note(done, "other") },
    {
      name: "addon",
      summary: "",
      needs: ["access"],
      phases: [
        { name: "dns", summary: "", run: (done) => note(done, "dns") },
        { name: "proxy", summary: "", needs: ["other"], run: (done) => note(done, "proxy") },
      ],
    },
  ];
  const alone = async (words: readonly string[]) => {
    const done: string[] = [];
    await runPhases(phases, done, selectionOf(phases, [], words), SILENT);
    return done;
  };
  assert.deepEqual(await alone(["addon", "dns"]), ["access", "dns"]);
  assert.deepEqual(await alone(["addon", "proxy"]), ["access", "other", "proxy"]);
  assert.deepEqual(await alone(["other"]), ["other"]);
});

/** Phases that write down that they ran and were undone; the last one fails with the error. */
function failing(error: Error): Phase<string[]>[] {
  const phase = (name: string, undo: (done: string[]) => Promise<void> = (done) => note(done, `undo ${name}`)) => ({
    name,
    summary: "",
    run: (done: string[]) => note(done, name),
    undo,
  });
  return [
    phase("a"),
    { ...phase("b"), phases: [phase("c", () => Promise.reject(new Error("the disk is gone")))] },
    phase("d", () => new Promise(() => {})),
    { name: "e", summary: "", run: (done) => note(done, "e") },
    { ...phase("f"), run: () => Promise.reject(error) },
    phase("never"),
  ];
}

Deno.test("runPhases() undoes what ran, last first, each bounded, and tells beside the first error what it could not", async () => {
  const [done, told]: string[][] = [[], []];
  const error = new InvalidInput("first");
  const options = { onFailure: "undo" as const, warn: (message: string) => void told!.push(message), limitMs: 5 };
  await assert.rejects(runPhases(failing(error), done!, { skip: [] }, SILENT, options), (thrown) => thrown === error);
  assert.deepEqual(done, ["a", "b", "c", "d", "e", "undo f", "undo b", "undo a"]);
  assert.deepEqual(told, [
    "Cannot undo phase d: timed out after 0.005 s",
    "Cannot undo phase b/c: the disk is gone",
  ]);
});

Deno.test("runPhases() undoes nothing where it is to stop, and nothing after a signal", async () => {
  const warn = () => assert.fail("nothing is undone");
  for (
    const [error, options] of [
      [new InvalidInput("first"), { onFailure: "stop" }],
      [new Interruption("SIGINT"), { onFailure: "undo", warn }],
    ] as const
  ) {
    const done: string[] = [];
    await assert.rejects(runPhases(failing(error), done, { skip: [] }, SILENT, options), (thrown) => thrown === error);
    assert.deepEqual(done, ["a", "b", "c", "d", "e"]);
  }
});
