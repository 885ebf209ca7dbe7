import assert from "node:assert/strict";
import { TimedOut, UserError } from "../errors.ts";
import type { Change, Host, WaitEvent } from "../system.ts";
import { linuxHost } from "./linux.ts";
import { readKernelFile } from "./look.ts";
import type { Timer } from "../timer.ts";

/** A temporary directory, a host, and the changes that it reports. */
async function inScratch(body: (host: Host, dir: string, changes: Change[]) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  const changes: Change[] = [];
  try {
    await body(linuxHost((change) => changes.push(change)), dir, changes);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const kinds = (changes: Change[]) => changes.map((change) => change.kind);

Deno.test("write: content, exact mode under any umask, parents, one change each, nothing the second time", async () => {
  for (const umask of [0, 0o022, 0o077]) {
    await inScratch(async (host, dir, changes) => {
      const before = Deno.umask(umask);
      try {
        await host.put({ path: `${dir}/a/b/secret`, mode: 0o600, content: "one\n" });
        await host.put({ path: `${dir}/a/b/public`, mode: 0o644, content: "two\n" });
      } finally {
        Deno.umask(before);
      }
      assert.equal((await host.stat(`${dir}/a/b/secret`))?.mode, 0o600);
      assert.equal((await host.stat(`${dir}/a/b/public`))?.mode, 0o644);
      assert.equal((await host.stat(`${dir}/a`))?.mode, 0o755);
      assert.deepEqual(kinds(changes), ["directory", "directory", "write", "write"]);
      await host.put({ path: `${dir}/a/b/secret`, mode: 0o600, content: "one\n" });
      assert.equal(changes.length, 4);
      await host.put({ path: `${dir}/a/b/secret`, mode: 0o644, content: "one\n" });
      assert.equal((await host.stat(`${dir}/a/b/secret`))?.mode, 0o644);
      assert.deepEqual(kinds(changes).slice(4), ["write"]);
      assert.deepEqual(await host.list(`${dir}/a/b`), ["public", "secret"]);
    });
  }
});

Deno.test("write: a link, a directory or a device at the target, and a file for a parent, are refused untouched", async () => {
  await inScratch(async (host, dir, changes) => {
    await Deno.writeTextFile(`${dir}/victim`, "v");
    await Deno.symlink(`${dir}/victim`, `${dir}/link`);
    await Deno.mkdir(`${dir}/directory`);
    await assert.rejects(
      host.put({ path: `${dir}/link`, mode: 0o600, content: "x" }),
      /Cannot write ".*\/link": it is a symbolic link/,
    );
    await assert.rejects(
      host.put({ path: `${dir}/directory`, mode: 0o600, content: "x" }),
      /it is a directory, expected a file/,
    );
    await assert.rejects(host.put({ path: `/dev/null`, mode: 0o600, content: "x" }), /it is a device/);
    await assert.rejects(
      host.put({ path: `${dir}/victim/x/y`, mode: 0o600, content: "x" }),
      /create the directory ".*\/victim": a file with this name/,
    );
    await assert.rejects(host.put({ path: "relative", mode: 0o600, content: "x" }), /absolute path/);
    assert.equal(await host.readText(`${dir}/victim`), "v");
    assert.deepEqual(changes, []);
    assert.deepEqual(await host.list(dir), ["directory", "link", "victim"]);
  });
});

Deno.test("write: removes what a killed run left for this target, and only that", async () => {
  await inScratch(async (host, dir) => {
    const old = new Date(Date.now() - 3_600_000);
    const names = [
      ".kubewright-x.12-0.tmp",
      ".kubewright-other.12-0.tmp",
      ".kubewright-x.mine",
      ".kubewright-x.13-0.tmp",
    ];
    for (const name of names) {
      await Deno.writeTextFile(`${dir}/${name}`, "half");
      if (!name.includes("13")) await Deno.utime(`${dir}/${name}`, old, old);
    }
    await host.put({ path: `${dir}/x`, mode: 0o600, content: "whole" });
    assert.deepEqual(await host.list(dir), [
      ".kubewright-other.12-0.tmp",
      ".kubewright-x.13-0.tmp", // younger than this process: another run's
      ".kubewright-x.mine",
      "x",
    ]);
  });
});

Deno.test({
  name: "write: on a full file system the old file stays whole, nothing else is left, the error says which is full",
  ignore: Deno.uid() !== 0,
  async fn() {
    await inScratch(async (host, dir) => {
      const mounted = await host.query({ argv: ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", dir] });
      if (mounted.code !== 0) return; // a sandbox without mounts
      try {
        await host.put({ path: `${dir}/x`, mode: 0o600, content: "old" });
        await assert.rejects(
          host.put({ path: `${dir}/x`, mode: 0o600, content: "n".repeat(100_000) }),
          (error: UserError) => {
            assert.equal(
              error.message,
              `Cannot write "${dir}/x": the file system at ${dir} is full; it is unchanged`,
            );
            assert.match(error.hints[0] ?? "", /Free space/);
            return true;
          },
        );
        assert.equal(await host.readText(`${dir}/x`), "old");
        assert.deepEqual(await host.list(dir), ["x"]);
        await host.run({ argv: ["mount", "-o", "remount,ro", dir] });
        await assert.rejects(
          host.put({ path: `${dir}/x`, mode: 0o600, content: "new" }),
          /mounted read-only; it is unchanged/,
        );
      } finally {
        await host.query({ argv: ["umount", dir] });
      }
    });
  },
});

Deno.test("removeTree: all below, but no link is followed", async () => {
  await inScratch(async (host, dir, changes) => {
    await host.put({ path: `${dir}/mine/x`, mode: 0o600, content: "x" });
    await host.put({ path: `${dir}/t/a/b`, mode: 0o600, content: "b" });
    await Deno.symlink(`${dir}/mine`, `${dir}/t/link`);
    await Deno.symlink(`${dir}/mine`, `${dir}/link`);
    changes.length = 0;
    await host.removeTree(`${dir}/t`);
    await host.removeTree(`${dir}/t`);
    await host.removeTree(`${dir}/link`);
    assert.deepEqual(changes, [{ kind: "remove", path: `${dir}/t` }, { kind: "remove", path: `${dir}/link` }]);
    assert.deepEqual(await host.list(dir), ["mine"]);
    assert.equal(await host.readText(`${dir}/mine/x`), "x");
  });
});

Deno.test({
  name: "removeTree: refuses where something is mounted, a folder of the same disk, too",
  ignore: Deno.uid() !== 0,
  async fn() {
    await inScratch(async (host, dir) => {
      await host.put({ path: `${dir}/mine/x`, mode: 0o600, content: "x" });
      await host.makeDirectory(`${dir}/t/with space`, 0o700);
      await host.run({ argv: ["mount", "--bind", `${dir}/mine`, `${dir}/t/with space`] });
      try {
        await assert.rejects(
          host.removeTree(`${dir}/t`),
          /something is mounted at ".*with space"; nothing was removed/,
        );
        await assert.rejects(host.removeTree(`${dir}/t/with space`), /something is mounted/);
      } finally {
        await host.run({ argv: ["umount", `${dir}/t/with space`] });
      }
      assert.equal(await host.readText(`${dir}/mine/x`), "x");
      await host.removeTree(`${dir}/t`);
      assert.deepEqual(await host.list(dir), ["mine"]);
    });
  },
});

Deno.test("makeDirectory, remove, read, stat, list: absent things are answers, misfits are errors", async () => {
  await inScratch(async (host, dir, changes) => {
    await host.makeDirectory(`${dir}/d/e`, 0o700);
    await host.makeDirectory(`${dir}/d/e`, 0o755);
    assert.deepEqual([(await host.stat(`${dir}/d`))?.mode, (await host.stat(`${dir}/d/e`))?.mode], [0o755, 0o700]);
    assert.deepEqual(changes.map((change) => "mode" in change && change.mode), [0o755, 0o700]);
    assert.deepEqual(kinds(changes), ["directory", "directory"]);
    await host.remove(`${dir}/none`);
    await host.remove(`${dir}/d/e`);
    assert.deepEqual(kinds(changes), ["directory", "directory", "remove"]);
    await host.put({ path: `${dir}/d/f`, mode: 0o600, content: "" });
    await assert.rejects(host.remove(`${dir}/d`), /Cannot remove ".*": the directory is not empty/);
    assert.equal(await host.read(`${dir}/none`), undefined);
    assert.equal(await host.read(`${dir}/d/f/below`), undefined);
    assert.equal(await host.stat(`${dir}/none`), undefined);
    assert.deepEqual(await host.list(`${dir}/none`), []);
    await assert.rejects(host.read(dir), /Cannot read ".*": it is a directory/);
    await assert.rejects(host.makeDirectory(`${dir}/d/f`, 0o700), /a file with this name already exists/);
  });
});

Deno.test("query and run: C locale, stdin, exit codes, a missing program, the last lines in the error", async () => {
  await inScratch(async (host, _dir, changes) => {
    const sh = (script: string) => ["sh", "-c", script];
    assert.deepEqual(await host.query({ argv: sh("cat; echo $LC_ALL; echo no >&2; exit 3"), stdin: "in " }), {
      code: 3,
      stdout: "in C\n",
      stderr: "no\n",
    });
    assert.equal((await host.query({ argv: ["no-such-program"] })).code, 127);
    assert.equal((await host.query({ argv: ["/etc/passwd"] })).code, 126);
    assert.equal((await host.query({ argv: ["true"], stdin: "x".repeat(1_000_000) })).code, 0);
    await assert.rejects(host.run({ argv: ["no-such-program", "a b"] }), (error: UserError) => {
      assert.equal(
        error.message,
        `Cannot run "no-such-program 'a b'": program "no-such-program" not found`,
      );
      return true;
    });
    await assert.rejects(host.run({ argv: sh("seq 100 >&2; exit 7") }), (error: UserError) => {
      assert.match(error.message, /it ended with exit code 7:\n {2}86\n/);
      assert.ok(error.message.endsWith("  100"));
      return true;
    });
    // A program that fails may have had an effect; one that there is not had none.
    assert.deepEqual(changes, [{ kind: "run", command: { argv: sh("seq 100 >&2; exit 7") } }]);
    await host.run({ argv: ["true"] });
    assert.deepEqual(changes.slice(1), [{ kind: "run", command: { argv: ["true"] } }]);
  });
});

Deno.test("portIsFree: sees listeners on one address and on all; a foreign address is an error", async () => {
  const host = linuxHost(() => {});
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  assert.equal(await host.portIsFree("127.0.0.1", port), false);
  assert.equal(await host.portIsFree("0.0.0.0", port), false);
  assert.equal(await host.portIsFree("::", port), false);
  listener.close();
  assert.equal(await host.portIsFree("::", port), true);
  await assert.rejects(host.portIsFree("192.0.2.1", port), /no interface of this host has the address/);
});

Deno.test("facts: host name, addresses, CPUs, names", async () => {
  const host = linuxHost(() => {});
  assert.equal(host.hostname(), Deno.hostname());
  assert.equal(host.workingDirectory(), Deno.cwd());
  assert.ok(host.addresses().some(({ address, family }) => address === "127.0.0.1" && family === "IPv4"));
  assert.ok(host.cpus() >= 1);
  assert.equal(await host.resolves("localhost"), true);
  assert.equal(await host.resolves("-h"), false);
});

Deno.test("wait: tells each state once, answers the value, is a change", async () => {
  const changes: Change[] = [];
  const events: WaitEvent[] = [];
  const host = linuxHost((change) => changes.push(change), (event) => events.push(event));
  let probes = 0;
  const value = await host.wait({
    what: "it",
    probe: () =>
      Promise.resolve(++probes < 4 ? { done: false, state: probes < 3 ? "cold" : "warm" } : { done: true, value: 5 }),
    timeoutMs: 5000,
    intervalMs: 1,
    assume: 0,
  });
  assert.equal(value, 5);
  assert.deepEqual(events.map(({ state, done }) => [state, done]), [["", false], ["cold", false], ["warm", false], [
    "warm",
    true,
  ]]);
  assert.deepEqual(changes, [{ kind: "wait", what: "it" }]);
});

Deno.test("wait: in time, even when a probe hangs; says what, how long, the last state and why", async () => {
  const host = linuxHost(() => {});
  await assert.rejects(
    host.wait({
      what: "kube-apiserver to be healthy",
      probe: () => new Promise(() => {}),
      timeoutMs: 200,
      assume: 0,
      explain: () => Promise.resolve({ details: ["it exited with 1"], hints: ["journalctl -u kubelet"] }),
    }),
    (error: TimedOut) => {
      assert.ok(error instanceof TimedOut);
      assert.equal(
        error.message,
        "Timed out after 0.2 s waiting for kube-apiserver to be healthy. Last state: no answer to the last check\n  it exited with 1",
      );
      assert.deepEqual(error.hints, ["journalctl -u kubelet"]);
      return true;
    },
  );
});

Deno.test("wait: an error of the probe ends it at once", async () => {
  const host = linuxHost(() => {});
  const probe = () => Promise.reject(new UserError("Cannot do it"));
  await assert.rejects(host.wait({ what: "it", probe, timeoutMs: 5000, assume: 0 }), /Cannot do it/);
});

Deno.test("read: a file of the kernel that never ends is given up", async () => {
  assert.match(new TextDecoder().decode(await readKernelFile("/proc/self/mountinfo")), / \/ /);
  const limits: number[] = [];
  const timer: Timer = (ms, call) => {
    limits.push(ms);
    const id = setTimeout(call, 100); // what may read it has begun to wait by then; others are refused before
    return () => clearTimeout(id);
  };
  await assert.rejects(readKernelFile("/proc/kmsg", timer), /Cannot read "\/proc\/kmsg": /);
  assert.equal(limits[0], 10_000);
});

Deno.test("read: a pipe, a socket or an endless device is refused, not waited for; /dev/null is empty", async () => {
  await inScratch(async (host, dir) => {
    await host.run({ argv: ["mkfifo", `${dir}/pipe`] });
    await Deno.symlink(`${dir}/pipe`, `${dir}/link`);
    await Deno.symlink("/dev/null", `${dir}/masked`);
    using _listener = Deno.listen({ transport: "unix", path: `${dir}/socket` });
    await Deno.writeFile(`${dir}/huge`, new Uint8Array());
    await Deno.truncate(`${dir}/huge`, (64 << 20) + 1);
    await assert.rejects(host.read(`${dir}/pipe`), /Cannot read ".*pipe": it is a named pipe, expected a file/);
    await assert.rejects(host.read(`${dir}/link`), /it is a named pipe/);
    await assert.rejects(host.readText(`${dir}/socket`), /it is a socket/);
    await assert.rejects(host.read("/dev/zero"), /it is a device/);
    await assert.rejects(host.read(`${dir}/huge`), /has 67108865 bytes, expected at most 67108864/);
    assert.equal(await host.readText(`${dir}/masked`), "");
    assert.equal(await host.isLocked(`${dir}/pipe`), false);
    await assert.rejects(host.put({ path: `${dir}/pipe`, mode: 0o600, content: "x" }), /device, socket or pipe/);
  });
});

Deno.test({
  name: "write, makeDirectory: no chmod by path where another user could have put a link there",
  ignore: Deno.uid() !== 0,
  async fn() {
    await inScratch(async (host, dir, changes) => {
      await Deno.mkdir(`${dir}/theirs`);
      await Deno.chown(`${dir}/theirs`, 12345, 12345);
      await Deno.chmod(dir, 0o755);
      const before = Deno.umask(0o077);
      try {
        await assert.rejects(
          host.makeDirectory(`${dir}/theirs/x`, 0o755),
          /Cannot set the mode 0755 of ".*x": .*theirs/,
        );
        await assert.rejects(
          host.put({ path: `${dir}/theirs/y`, mode: 0o644, content: "y" }),
          /Cannot set the mode 0644 of ".*y/,
        );
        assert.deepEqual([await host.list(`${dir}/theirs`), changes], [[], []]);
        await host.put({ path: `${dir}/theirs/y`, mode: 0o600, content: "y" }); // needs no chmod
        await host.put({ path: `${dir}/mine`, mode: 0o644, content: "y" });
        assert.equal((await host.stat(`${dir}/mine`))?.mode, 0o644);
      } finally {
        Deno.umask(before);
      }
    });
  },
});

Deno.test({
  name: "removeTree: a tree that resists is a Change all the same: a part of it is gone",
  ignore: Deno.uid() !== 0,
  async fn() {
    await inScratch(async (host, dir, changes) => {
      await host.put({ path: `${dir}/t/a`, mode: 0o600, content: "a" });
      await host.put({ path: `${dir}/t/b`, mode: 0o600, content: "b" });
      if ((await host.query({ argv: ["chattr", "+i", `${dir}/t/b`] })).code !== 0) return; // not on this file system
      changes.length = 0;
      try {
        await assert.rejects(host.removeTree(`${dir}/t`), /Cannot remove ".*t": operation not permitted/);
        assert.deepEqual(changes, [{ kind: "remove", path: `${dir}/t` }]);
      } finally {
        await host.query({ argv: ["chattr", "-i", `${dir}/t/b`] });
      }
    });
  },
});
