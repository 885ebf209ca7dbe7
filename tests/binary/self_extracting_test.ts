// How the self-extracting binary unpacks itself, for root and for others.
import { binaryOfKind, kindsOf } from "../binaries.ts";
import { assert, call, type Ended } from "./call.ts";

const kinds = kindsOf(Deno.env.get("KUBEWRIGHT_TEST_KINDS") || "both");

/** `nobody`, where tests run as root; who runs them, elsewhere. */
const OTHER_USER = Deno.uid() === 0 ? 65534 : Deno.uid()!;

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Calls the file as the other user, with nothing of this environment but a home. */
function asOther(file: string, home: string, args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const ids = Deno.uid() === OTHER_USER ? {} : { uid: OTHER_USER, gid: OTHER_USER };
  return call(file, args, { ...ids, cwd: "/", env: { PATH: "/usr/bin:/bin", HOME: home, ...env } });
}

Deno.test({
  name: "self-extracting binary: unpacks once, privately, checked before each run",
  ignore: !kinds.includes("self-extracting"),
  async fn(t) {
    const folder = await Deno.makeTempDir({ prefix: "kubewright-binary-" });
    try {
      await Deno.chmod(folder, 0o755);
      const file = `${folder}/kubewright`;
      await Deno.copyFile(await binaryOfKind("self-extracting"), file);
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
