// The compiled program, as a user calls it. It is there after `deno task compile`; without it these tests are ignored.
import { parse } from "@std/path/posix";

const ROOT = parse(new URL(import.meta.url).pathname).dir.replace(/\/tests\/program$/, "");
const BINARY = `${ROOT}/dist/kubewright-linux-x86_64`;

const missing = !exists(BINARY);
const ifCompiled = missing ? " (ignored: there is no dist/kubewright-linux-x86_64, make it by ./compile.sh)" : "";
/** Building the self-extracting kind takes a minute and the npm registry, so it is asked for. */
const selfExtracting = Deno.env.get("KUBEWRIGHT_TEST_SELF_EXTRACTING") === "1";
const ifAsked = selfExtracting ? "" : " (ignored: KUBEWRIGHT_TEST_SELF_EXTRACTING is not 1)";

/** `nobody`, where tests run as root; who runs them, elsewhere. */
const OTHER_USER = Deno.uid() === 0 ? 65534 : Deno.uid()!;

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function assert(holds: boolean, what: string, ended?: Ended): asserts holds {
  if (!holds) throw new Error(ended === undefined ? what : `${what}: ${Deno.inspect(ended)}`);
}

async function call(program: string, args: string[], options: Deno.CommandOptions = {}): Promise<Ended> {
  const output = await new Deno.Command(program, { ...options, args, stdin: "null" }).output();
  const decoder = new TextDecoder();
  return { code: output.code, stdout: decoder.decode(output.stdout), stderr: decoder.decode(output.stderr) };
}

Deno.test({
  name: `binary: version tells version, commit and kind${ifCompiled}`,
  ignore: missing,
  async fn() {
    const text = await call(BINARY, ["version"]);
    assert(text.code === 0 && text.stderr === "", "version succeeds and says nothing else", text);
    assert(
      /^kubewright \d+\.\d+\.\d+\S* \(commit [\w-]+, (deno compile|self-extracting)\)/.test(text.stdout),
      "text",
      text,
    );
    const json = await call(BINARY, ["version", "--output", "json"]);
    assert(json.code === 0, "version --output json succeeds", json);
    const { clientVersion, build } = JSON.parse(json.stdout);
    assert(/^(deno compile|self-extracting)$/.test(build), "the kind of build", json);
    assert(/^([0-9a-f]{40}|unknown)$/.test(clientVersion.gitCommit), "the full commit", json);
    assert(/^(clean|dirty|unknown)$/.test(clientVersion.gitTreeState), "the state of the tree", json);
    assert(/^linux\/(amd64|arm64)$/.test(clientVersion.platform), "the platform", json);
    const short = await call(BINARY, ["version", "-oshort"]);
    assert(short.stdout === `${clientVersion.gitVersion}\n`, "the version in short", short);
  },
});

Deno.test({
  name: `binary: --help, of the program and of each command${ifCompiled}`,
  ignore: missing,
  async fn() {
    const program = await call(BINARY, ["--help"]);
    assert(program.code === 0 && program.stdout.includes("kubewright"), "--help", program);
    for (const command of ["init", "join", "version"]) {
      const help = await call(BINARY, [command, "--help"]);
      assert(help.code === 0 && help.stdout.includes(command) && help.stderr === "", `${command} --help`, help);
    }
  },
});

Deno.test({
  name: `binary: an unknown command ends with 3 and names the nearest${ifCompiled}`,
  ignore: missing,
  async fn() {
    const ended = await call(BINARY, ["inti"]);
    assert(ended.code === 3, "exit code 3", ended);
    assert(ended.stdout === "" && ended.stderr.includes("init"), "the nearest name, on stderr", ended);
  },
});

Deno.test({
  name: `binary: what init looks at on the host is within the permissions that compile.sh grants${ifCompiled}`,
  ignore: missing,
  async fn() {
    const ended = await call(BINARY, ["init", "--dry-run"]);
    assert(!/NotCapable|Requires \w+ access/.test(ended.stdout + ended.stderr), "nothing is denied", ended);
  },
});

Deno.test({
  name: `binary: the file beside it has its SHA-256${ifCompiled}`,
  ignore: missing,
  async fn() {
    const name = parse(BINARY).base;
    const checked = await call("sha256sum", ["-c", `${name}.sha256`], { cwd: parse(BINARY).dir });
    assert(checked.code === 0, "sha256sum -c", checked);
  },
});

/** Calls the file as the other user, with nothing of this environment but a home. */
function asOther(file: string, home: string, args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const ids = Deno.uid() === OTHER_USER ? {} : { uid: OTHER_USER, gid: OTHER_USER };
  return call(file, args, { ...ids, cwd: "/", clearEnv: true, env: { PATH: "/usr/bin:/bin", HOME: home, ...env } });
}

Deno.test({
  name: "binary: holds no failpoints",
  ignore: !exists(BINARY),
  async fn() {
    const found = await call("grep", ["-c", "KUBEWRIGHT_FAILPOINT", BINARY]);
    assert(found.stdout.trim() === "0", "a test build is in the release's place", found);
  },
});

Deno.test({
  name: `self-extracting binary: unpacks once, privately, checked before each run${ifAsked}`,
  ignore: !selfExtracting,
  async fn(t) {
    const folder = await Deno.makeTempDir({ prefix: "kubewright-binary-" });
    try {
      await Deno.chmod(folder, 0o755);
      const env = { KUBEWRIGHT_KIND: "self-extracting", KUBEWRIGHT_DIST: folder };
      const built = await call(`${ROOT}/compile.sh`, ["x86_64"], { env });
      assert(built.code === 0, "compile.sh", built);
      const file = `${folder}/kubewright-linux-x86_64`;
      const newHome = async () => {
        const home = await Deno.makeTempDir({ dir: folder });
        if (Deno.uid() === 0) await Deno.chown(home, OTHER_USER, OTHER_USER);
        return home;
      };
      const succeeds = (ended: Ended) => {
        assert(ended.code === 0 && ended.stdout.includes("self-extracting"), "version", ended);
        return ended;
      };
      const home = await newHome();
      const cache = `${home}/.cache/kubewright`;
      const unpacked = () => [...Deno.readDirSync(cache)].map((entry) => entry.name);

      await t.step("as a user without a cache: a folder of mode 0700, named by hash, nothing else", async () => {
        assert(succeeds(await asOther(file, home, ["version"])).stderr === "", "nothing on stderr");
        const [name, ...others] = unpacked();
        assert(name !== undefined && others.length === 0 && /^[0-9a-f]{64}$/.test(name), `one folder: ${unpacked()}`);
        const info = await Deno.lstat(`${cache}/${name}`);
        assert(info.isDirectory && (info.mode! & 0o7777) === 0o700 && info.uid === OTHER_USER, "private");
        assert(!exists("/dev/null/deno") && [...Deno.readDirSync(home)].length === 1, "nothing else at home");
      });
      await t.step("the second run unpacks nothing; exit codes and arguments pass through", async () => {
        const before = (await Deno.lstat(`${cache}/${unpacked()[0]}/deno`)).ino;
        const ended = await asOther(file, home, ["inti"]);
        assert(ended.code === 3 && ended.stderr.includes("init"), "unknown command", ended);
        assert((await asOther(file, home, ["init", "--help"])).code === 0, "init --help");
        assert((await Deno.lstat(`${cache}/${unpacked()[0]}/deno`)).ino === before, "the same file");
      });
      await t.step("a file changed there, a wider mode or a link in its place is noticed and replaced", async () => {
        const own = `${cache}/${unpacked()[0]}`;
        const tamper: Record<string, () => void> = {
          "a changed program": () =>
            Deno.writeTextFileSync(`${own}/program/entry.js`, "console.log('self-extracting')"),
          "a changed deno": () => Deno.writeTextFileSync(`${own}/deno`, "#!/bin/sh\necho self-extracting\n"),
          "a missing file": () => Deno.removeSync(`${own}/program/entry.js`),
          "a wider mode": () => Deno.chmodSync(own, 0o777),
          "a link": () => (Deno.renameSync(own, `${home}/moved`), Deno.symlinkSync(`${home}/moved`, own)),
        };
        for (const [what, change] of Object.entries(tamper)) {
          change();
          const ended = succeeds(await asOther(file, home, ["version"]));
          assert(ended.stderr.includes("unpacking it again"), what, ended);
          assert(ended.stdout.startsWith("kubewright "), `${what}: the real program ran`, ended);
          assert(succeeds(await asOther(file, home, ["version"])).stderr === "", `${what}: whole again`);
        }
        assert(unpacked().length === 1, `nothing left over: ${unpacked()}`);
      });
      await t.step("what a run left that was killed while it unpacked goes with the next run", async () => {
        const noProcess = 4_194_305; // above the kernel's greatest pid
        await Deno.mkdir(`${cache}/.new.${noProcess}/program`, { recursive: true });
        if (Deno.uid() === 0) {
          for (const made of [".new.4194305", ".new.4194305/program"]) {
            await Deno.chown(`${cache}/${made}`, OTHER_USER, OTHER_USER);
          }
        }
        assert(succeeds(await asOther(file, home, ["version"])).stderr === "", "nothing on stderr");
        assert(!exists(`${cache}/.new.${noProcess}`), `left over: ${unpacked()}`);
      });
      await t.step("several started at once", async () => {
        const fresh = await newHome();
        const ended = await Promise.all([1, 2, 3, 4].map(() => asOther(file, fresh, ["version"])));
        for (const one of ended) assert(succeeds(one).stderr === "", "nothing on stderr", one);
        const left = [...Deno.readDirSync(`${fresh}/.cache/kubewright`)];
        assert(left.length === 1, "one folder, no temporary one");
        const inside = [...Deno.readDirSync(`${fresh}/.cache/kubewright/${left[0]!.name}`)].map((entry) => entry.name);
        assert(inside.sort().join() === "deno,program", `nothing moved into it: ${inside}`);
      });
      await t.step("refuses a folder that others can write, and a damaged file", async () => {
        const loose = await newHome();
        await Deno.chmod(loose, 0o777);
        const refused = await asOther(file, loose, ["version"]);
        assert(refused.code === 1 && refused.stderr.includes(`other users may write to "${loose}"`), "loose", refused);
        const bytes = await Deno.readFile(file);
        await Deno.writeFile(`${folder}/short`, bytes.subarray(0, bytes.length - 1000), { mode: 0o755 });
        const damaged = await asOther(`${folder}/short`, await newHome(), ["version"]);
        assert(damaged.code === 1 && damaged.stderr.includes(".sha256"), "damaged", damaged);
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
