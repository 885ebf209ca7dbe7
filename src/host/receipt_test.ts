import assert from "node:assert/strict";
import type { Change } from "../system.ts";
import { linuxHost } from "./linux.ts";
import { readReceipt, receiptHost } from "./receipt.ts";
import { recordingHost } from "./recording_host.ts";

Deno.test("receipt: one line for each path made, before it is made; overwritten files are told apart", async () => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/state/receipt.jsonl`;
  const changes: Change[] = [];
  const plain = linuxHost((change) => changes.push(change));
  await Deno.writeTextFile(`${dir}/theirs`, "x");
  let host = receiptHost(plain, { path });
  await host.put({ path: `${dir}/a/b/c`, mode: 0o600, content: "1" });
  await host.put({ path: `${dir}/a/b/c`, mode: 0o600, content: "2" });
  assert.deepEqual(changes.map(({ kind }) => kind), ["directory", "write", "directory", "directory", "write", "write"]);
  assert.equal((await plain.stat(path))?.mode, 0o600);
  assert.equal((await plain.stat(`${dir}/state`))?.mode, 0o700);
  await Deno.writeTextFile(path, '{"kind":"file","pa', { append: true }); // a crash
  host = receiptHost(plain, { path });
  await host.put({ path: `${dir}/theirs`, mode: (await plain.stat(`${dir}/theirs`))?.mode ?? 0, content: "x" });
  await Promise.all([
    host.put({ path: `${dir}/theirs`, mode: 0o644, content: "y" }),
    host.makeDirectory(`${dir}/a/d/e`, 0o700),
    host.makeDirectory(`${dir}/a/d`, 0o700),
    host.put({ path: `${dir}/a/b/c`, mode: 0o600, content: "3" }),
  ]);
  await Deno.symlink("/nowhere", `${dir}/link`);
  await assert.rejects(host.put({ path: `${dir}/link`, mode: 0o644, content: "y" }), /symbolic link/);
  const entries = (await readReceipt(plain, path)).map(({ kind, path }) => `${kind} ${path.slice(dir.length)}`);
  assert.deepEqual(entries.slice(0, 3), ["directory /a", "directory /a/b", "file /a/b/c"]);
  assert.deepEqual(entries.slice(3).sort(), ["directory /a/d", "directory /a/d/e", "overwrote /theirs"]);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("receipt: a line is on disk before its file, and when it cannot be, the file is not made", async () => {
  const dir = await Deno.makeTempDir();
  const plain = linuxHost(() => {});
  const append = () => Promise.reject(new Error("disk full"));
  const host = receiptHost(plain, { path: `${dir}/r`, append });
  await assert.rejects(host.put({ path: `${dir}/x`, mode: 0o600, content: "1" }), /disk full/);
  assert.equal(await plain.stat(`${dir}/x`), undefined);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("receipt: over a recording host the changes are those of a real one", async () => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/state/receipt.jsonl`;
  const recorded: Change[] = [];
  const real: Change[] = [];
  const dry = recordingHost(linuxHost(() => assert.fail()), (change) => recorded.push(change));
  await receiptHost(dry, { path, append: () => Promise.resolve() }).put({
    path: `${dir}/a/b`,
    mode: 0o600,
    content: "1",
  });
  await receiptHost(linuxHost((change) => real.push(change)), { path }).put({
    path: `${dir}/a/b`,
    mode: 0o600,
    content: "1",
  });
  assert.deepEqual(recorded, real);
  assert.equal(real.length, 4);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("receipt: one that others could have written, or that is no file, is not believed", async () => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/receipt.jsonl`;
  const host = linuxHost(() => {});
  const refused = (why: RegExp) => assert.rejects(readReceipt(host, path), why);
  await Deno.writeTextFile(path, "");
  await Deno.chmod(path, 0o666);
  await refused(/Cannot use the receipt ".*": its mode is 0666, expected one by which only its owner writes/);
  await assert.rejects(
    receiptHost(host, { path }).put({ path: `${dir}/x`, mode: 0o600, content: "x" }),
    /Cannot use the receipt/,
  );
  await Deno.chmod(path, 0o600);
  assert.deepEqual(await readReceipt(host, path), []);
  if (Deno.uid() === 0) {
    await Deno.chown(path, 12345, 12345);
    await refused(/its owner is user 12345, expected user 0/);
  }
  await Deno.remove(path);
  await Deno.symlink(`${dir}/other`, path);
  await refused(/it is a symlink, expected a file/);
  await Deno.remove(dir, { recursive: true });
});
