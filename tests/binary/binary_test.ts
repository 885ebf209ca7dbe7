// The compiled program of each kind, as a user calls it: `deno task test-binary`, after both are made. None is skipped:
// a kind that is missing fails, and KUBEWRIGHT_TEST_KINDS names the kind where a machine can make only one.
import { parse } from "@std/path/posix";
import { binaryOfKind, KINDS, kindsOf } from "../binaries.ts";
import { assert, call as callProgram } from "./call.ts";

for (const kind of kindsOf(Deno.env.get("KUBEWRIGHT_TEST_KINDS") || "both")) {
  Deno.test(`the ${kind} binary`, async (t) => {
    const program = await binaryOfKind(kind);
    // Nothing of a test is unpacked into the machine's own folders.
    const home = await Deno.makeTempDir({ prefix: "kubewright-binary-" });
    const call = (args: readonly string[]) =>
      callProgram(program, args, { env: { HOME: home, KUBEWRIGHT_UNPACK_DIR: `${home}/unpacked` } });
    try {
      await t.step("version tells version, commit and kind", async () => {
        const text = await call(["version"]);
        assert(text.code === 0 && text.stderr === "", "version succeeds and says nothing else", text);
        const line = new RegExp(`^kubewright \\d+\\.\\d+\\.\\d+\\S* \\(commit [\\w-]+, ${KINDS[kind]}\\)`);
        assert(line.test(text.stdout), "text", text);
        const json = await call(["version", "--output", "json"]);
        assert(json.code === 0, "version --output json succeeds", json);
        const { clientVersion, build } = JSON.parse(json.stdout);
        assert(build === KINDS[kind], "the kind of build", json);
        assert(/^([0-9a-f]{40}|unknown)$/.test(clientVersion.gitCommit), "the full commit", json);
        assert(/^(clean|dirty|unknown)$/.test(clientVersion.gitTreeState), "the state of the tree", json);
        assert(/^linux\/(amd64|arm64)$/.test(clientVersion.platform), "the platform", json);
        const short = await call(["version", "-oshort"]);
        assert(short.stdout === `${clientVersion.gitVersion}\n`, "the version in short", short);
      });
      await t.step("--help, of the program and of commands", async () => {
        const help = await call(["--help"]);
        assert(help.code === 0 && help.stdout.includes("kubewright"), "--help", help);
        for (const command of ["init", "join", "version"]) {
          const one = await call([command, "--help"]);
          assert(one.code === 0 && one.stdout.includes(command) && one.stderr === "", `${command} --help`, one);
        }
      });
      await t.step("an unknown command ends with 3 and names the nearest", async () => {
        const ended = await call(["inti"]);
        assert(ended.code === 3, "exit code 3", ended);
        assert(ended.stdout === "" && ended.stderr.includes("init"), "the nearest name, on stderr", ended);
      });
      await t.step("what init looks at on the host is within the permissions that compile.sh grants", async () => {
        const ended = await call(["init", "--dry-run"]);
        assert(!/NotCapable|Requires \w+ access/.test(ended.stdout + ended.stderr), "nothing is denied", ended);
      });
      await t.step("it holds no failpoints", async () => {
        const where = kind === "self-extracting" ? `${home}/unpacked` : program;
        const found = await callProgram("grep", ["-rl", "KUBEWRIGHT_FAILPOINT", where], { env: {} });
        assert(found.code === 1, "a test build is in the release's place", found);
      });
      await t.step("the file beside it has its SHA-256", async () => {
        const { dir, base } = parse(program);
        const checked = await callProgram("sha256sum", ["-c", `${base}.sha256`], { cwd: dir, env: {} });
        assert(checked.code === 0, "sha256sum -c", checked);
      });
    } finally {
      await Deno.remove(home, { recursive: true });
    }
  });
}
