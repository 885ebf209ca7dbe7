import assert from "node:assert/strict";
import type { UserError } from "../errors.ts";
import { ask, PROGRAM_DIRECTORIES } from "../programs.ts";
import { linuxHost } from "./linux.ts";
import { isLocked } from "./lock.ts";
import { parseMountPoints } from "./mounts.ts";

const host = linuxHost(() => {});
const sh = (script: string) => ({ argv: ["sh", "-c", script] });

/** Runs the body with a PATH of the caller's, or without one. */
async function withPath(path: string | undefined, body: () => Promise<void>): Promise<void> {
  const before = Deno.env.get("PATH");
  if (path === undefined) Deno.env.delete("PATH");
  else Deno.env.set("PATH", path);
  try {
    await body();
  } finally {
    if (before !== undefined) Deno.env.set("PATH", before);
  }
}

for (const path of [undefined, "", "/nonexistent", "relative:.:", "/usr/bin"]) {
  Deno.test(`programs are found, and find others, with PATH ${JSON.stringify(path) ?? "unset"}`, async () => {
    await withPath(path, async () => {
      const { stdout } = await host.query(sh("echo $PATH; command -v cat >/dev/null && echo found"));
      assert.equal(stdout, `${PROGRAM_DIRECTORIES.join(":")}\nfound\n`);
      assert.ok((await host.mounts()).includes("/proc"));
      assert.match(await host.readText("/proc/self/status") ?? "", /^Name:/);
    });
  });
}

Deno.test("a program of the caller's PATH is never started", async () => {
  const dir = await Deno.makeTempDir();
  await Deno.writeTextFile(`${dir}/cat`, "#!/bin/sh\necho planted\n", { mode: 0o755 });
  await Deno.writeTextFile(`${dir}/only-here`, "#!/bin/sh\necho planted\n", { mode: 0o755 });
  await withPath(`${dir}:/usr/bin`, async () => {
    assert.equal((await host.query({ argv: ["cat"], stdin: "mine" })).stdout, "mine");
    assert.equal((await host.query({ argv: ["only-here"] })).failure, "not found");
  });
  await Deno.remove(dir, { recursive: true });
});

Deno.test("the caller's environment does not reach programs", async () => {
  Deno.env.set("LANG", "de_DE.UTF-8");
  Deno.env.set("SYSTEMD_PAGER", "/tmp/x");
  const { stdout } = await host.query({ argv: ["env"] });
  assert.deepEqual(stdout.trim().split("\n").map((line) => line.split("=")[0]).sort(), [
    "HOME",
    "LC_ALL",
    "PATH",
    "TZ",
  ]);
});

Deno.test("why there is no answer: no such program, not executable, no interpreter, killed, a bad exit", async () => {
  const dir = await Deno.makeTempDir();
  const at = (name: string) => ({ argv: [`${dir}/${name}`] });
  await Deno.writeTextFile(`${dir}/data`, "data", { mode: 0o644 });
  await Deno.writeTextFile(`${dir}/orphan`, "#!/no/such/interpreter\n", { mode: 0o755 });
  const of = async (command: { argv: string[] }) => {
    const { code, failure, signal } = await host.query(command);
    return [code, failure, signal];
  };
  assert.deepEqual(await of({ argv: ["no-such-program"] }), [127, "not found", undefined]);
  assert.deepEqual(await of(at("none")), [127, "not found", undefined]);
  assert.deepEqual(await of(at("data")), [126, "not executable", undefined]);
  assert.deepEqual(await of(at("orphan")), [126, "not executable", undefined]);
  assert.deepEqual(await of(sh("kill -9 $$")), [137, "killed", "SIGKILL"]);
  assert.deepEqual(await of(sh("exit 127")), [127, undefined, undefined]);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("ask: only a program's own answer is one", async () => {
  assert.equal((await ask(host, sh("echo yes"))).stdout, "yes\n");
  assert.equal((await ask(host, sh("exit 3"), [0, 3])).code, 3);
  const refused = async (argv: string[], codes: number[], message: RegExp) =>
    await assert.rejects(ask(host, { argv }, codes), (error: UserError) => {
      assert.match(error.message, message);
      return true;
    });
  await refused(["no-such-program"], [0, 127], /program "no-such-program" not found$/);
  await refused(["/etc/passwd"], [0, 126], /\/etc\/passwd: permission denied/);
  await refused(["sh", "-c", "kill -9 $$"], [0, 137], /ended by signal SIGKILL/);
  await refused(["sh", "-c", "echo why >&2; exit 1"], [0, 3], /exit code 1:\n {2}why/);
});

Deno.test("mounts: names with spaces; what is no list of mounts is an error, never nothing", () => {
  const text = "22 1 0:20 / /proc rw - proc proc rw\n23 1 0:21 / /var/lib/with\\040space rw shared:1 - tmpfs t rw\n";
  assert.deepEqual(parseMountPoints(text), ["/proc", "/var/lib/with space"]);
  for (const bad of ["", "\n", "garbage\n", "22 1 0:20 / relative rw - proc proc rw\n"]) {
    assert.throws(() => parseMountPoints(bad), /Cannot list the mounts/);
  }
});

Deno.test("read of /proc: no such file is an answer, what cannot be read is an error", async () => {
  assert.equal(await host.readText("/proc/no-such-file"), undefined);
  assert.equal(await host.readText("/proc/self/status/below"), undefined);
  await assert.rejects(host.readText("/proc/self"), /Cannot read "\/proc\/self"/);
});

Deno.test("isLocked: sees a lock of another process, and none where there is none", async () => {
  const dir = await Deno.makeTempDir();
  await Deno.writeTextFile(`${dir}/db`, "");
  assert.equal(await isLocked(`${dir}/db`), false);
  assert.equal(await isLocked(`${dir}/none`), false);
  const holder = new Deno.Command("flock", {
    args: ["--exclusive", `${dir}/db`, "sh", "-c", "echo held; read x"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = holder.stdout.getReader();
  await reader.read();
  assert.equal(await isLocked(`${dir}/db`), true);
  await holder.stdin.close();
  await reader.cancel();
  await holder.status;
  assert.equal(await isLocked(`${dir}/db`), false);
  await Deno.remove(dir, { recursive: true });
});
