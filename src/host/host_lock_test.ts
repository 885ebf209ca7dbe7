import assert from "node:assert/strict";
import { EXIT, HostBusy } from "../errors.ts";
import { hostLock } from "./host_lock.ts";

const MODULE = new URL("./host_lock.ts", import.meta.url).href;

/** A process that runs the script with `lock`, the lock of the directory. */
function other(directory: string, script: string, stdin: "piped" | "null"): Deno.ChildProcess {
  const code = `import { hostLock } from "${MODULE}"; const lock = hostLock(${JSON.stringify(directory)}); ${script}`;
  return new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", code],
    stdin,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

async function inScratch(body: (directory: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await body(`${dir}/kubewright`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** A process that holds the lock; it ends when its standard input does. */
async function holder(directory: string, command: string): Promise<{ child: Deno.ChildProcess; end(): Promise<void> }> {
  const script =
    `await lock.lock(${JSON.stringify(command)}); console.log("held"); await Deno.stdin.read(new Uint8Array(1));` +
    " await lock.unlock();";
  const child = other(directory, script, "piped");
  const reader = child.stdout.getReader();
  assert.equal(new TextDecoder().decode((await reader.read()).value), "held\n");
  const end = async () => {
    await child.stdin.close().catch(() => undefined);
    await reader.cancel();
    await child.status;
  };
  return { child, end };
}

Deno.test("host lock: taken, told and given back; nothing stays", async () => {
  await inScratch(async (directory) => {
    const lock = hostLock(directory);
    await lock.lock("certs renew");
    assert.equal((await Deno.lstat(directory)).mode! & 0o7777, 0o700);
    assert.equal((await Deno.lstat(`${directory}/lock`)).mode! & 0o7777, 0o600);
    const { pid, command, since } = JSON.parse(await Deno.readTextFile(`${directory}/lock`));
    assert.deepEqual([pid, command], [Deno.pid, "certs renew"]);
    assert.ok(Math.abs(Date.parse(since) - Date.now()) < 10_000);
    await lock.unlock();
    await lock.unlock();
    await assert.rejects(Deno.lstat(directory), Deno.errors.NotFound);
  });
});

Deno.test({
  name: "host lock: who is refused hears the process, the command and since when; a killed holder frees it",
  sanitizeOps: false, // before Deno 2.8 or so a lock can only be waited for
  sanitizeResources: false,
  async fn() {
    await inScratch(async (directory) => {
      const first = await holder(directory, "init phase");
      const refused = await hostLock(directory).lock("reset").then(() => undefined, (error) => error);
      assert.ok(refused instanceof HostBusy);
      assert.equal(refused.exitCode, EXIT.busy);
      assert.match(
        refused.message,
        new RegExp(
          `^Cannot run "reset": this host is being changed by "init phase" \\(process ${first.child.pid}\\) since 20`,
        ),
      );
      first.child.kill("SIGKILL");
      await first.end();
      assert.ok((await Deno.lstat(`${directory}/lock`)).isFile);
      const lock = hostLock(directory);
      // The one that was refused still waits for it, before Deno 2.8 or so, and has it for a moment now.
      if (typeof Deno.FsFile.prototype.tryLock !== "function") return;
      await lock.lock("join");
      assert.match(await Deno.readTextFile(`${directory}/lock`), /"join"/);
      await lock.unlock();
      await assert.rejects(Deno.lstat(directory), Deno.errors.NotFound);
    });
  },
});

Deno.test("host lock: of many at once each has it alone", async () => {
  await inScratch(async (directory) => {
    const counter = `${directory}-counter`;
    await Deno.writeTextFile(counter, "0");
    const script = `for (let done = 0; done < 15;) {
      try { await lock.lock("init"); } catch { await new Promise((go) => setTimeout(go, Math.random() * 5)); continue; }
      const value = Number(await Deno.readTextFile(${JSON.stringify(counter)}));
      await new Promise((go) => setTimeout(go, 1));
      await Deno.writeTextFile(${JSON.stringify(counter)}, String(value + 1));
      done++;
      await lock.unlock();
    }`;
    const ended = await Promise.all(Array.from({ length: 4 }, () => other(directory, script, "null").output()));
    assert.deepEqual(ended.map(({ code }) => code), [0, 0, 0, 0]);
    assert.equal(await Deno.readTextFile(counter), "60");
  });
});

Deno.test("host lock: what somebody else could have put there is refused", async () => {
  await inScratch(async (directory) => {
    const lock = hostLock(directory);
    const refused = (message: RegExp) => assert.rejects(lock.lock("init"), message);
    await Deno.mkdir(`${directory}-elsewhere`);
    await Deno.symlink(`${directory}-elsewhere`, directory);
    await refused(/it is a symbolic link, expected a directory/);
    await Deno.remove(directory);
    await Deno.mkdir(directory);
    await Deno.chmod(directory, 0o777);
    await refused(/its mode is 0777/);
    await Deno.chmod(directory, 0o700);
    await Deno.symlink(`${directory}-victim`, `${directory}/lock`);
    await refused(/it is a symbolic link, expected a file/);
    await assert.rejects(Deno.lstat(`${directory}-victim`), Deno.errors.NotFound);
    await Deno.remove(`${directory}/lock`);
    await new Deno.Command("mkfifo", { args: [`${directory}/lock`] }).output();
    await refused(/it is a named pipe, expected a file/);
    await Deno.remove(`${directory}/lock`);
    using listener = Deno.listen({ transport: "unix", path: `${directory}/lock` });
    await refused(/it is a socket, expected a file/);
    listener.close();
    await Deno.remove(`${directory}/lock`).catch(() => {});
    if (Deno.uid() === 0) {
      await Deno.chown(directory, 12345, 12345);
      await refused(/its owner is user 12345, expected user 0/);
      await Deno.chown(directory, 0, 0);
    }
    await lock.lock("init");
    await lock.unlock();
  });
  await assert.rejects(
    hostLock("/no/such/parent").lock("init"),
    /Cannot lock this host with "\/no\/such\/parent\/lock"/,
  );
});
