import assert from "node:assert/strict";
import { memoryHost } from "../../tests/fakes/memory_host.ts";
import type { Change } from "../system.ts";
import { linuxHost } from "./linux.ts";
import { parseReceipt, readReceipt, replacedDirectory } from "../receipt.ts";
import { receiptHost, receiptWriter } from "./receipt.ts";
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
  const { entries: read, version, unusable } = await readReceipt(plain, path);
  assert.deepEqual([version, unusable], [2, 1]); // the line that a crash cut off
  assert.ok(read.every(({ at }) => Math.abs(Date.parse(at!) - Date.now()) < 600_000));
  const entries = read.map((made) => {
    if (!("path" in made)) return made.kind;
    return `${made.kind === "file" && made.replaced ? "replaced" : made.kind} ${made.path.slice(dir.length)}`;
  });
  assert.deepEqual(entries.slice(0, 3), ["directory /a", "directory /a/b", "file /a/b/c"]);
  assert.deepEqual(entries.slice(3).sort(), ["directory /a/d", "directory /a/d/e", "replaced /theirs"]);
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
  await Deno.writeTextFile(`${dir}/theirs`, "theirs", { mode: 0o640 });
  const recorded: Change[] = [];
  const real: Change[] = [];
  const dry = recordingHost(linuxHost(() => assert.fail()), (change) => recorded.push(change));
  const hosts = [
    receiptHost(dry, { path, append: () => Promise.resolve() }),
    receiptHost(linuxHost((change) => real.push(change)), { path }),
  ];
  for (const host of hosts) {
    await host.put({ path: `${dir}/a/b`, mode: 0o600, content: "1" });
    await host.put({ path: `${dir}/theirs`, mode: 0o600, setAside: true, content: "2" });
  }
  assert.deepEqual(recorded, real);
  assert.deepEqual(real.map(({ kind }) => kind).join(), "directory,write,directory,write,directory,write,write");
  await Deno.remove(dir, { recursive: true });
});

Deno.test("receipt: one that others could have written, or that is no file, is not believed", async () => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/receipt.jsonl`;
  const host = linuxHost(() => {});
  const refused = (why: RegExp) => assert.rejects(readReceipt(host, path), why);
  await Deno.writeTextFile(path, "");
  await Deno.chmod(path, 0o666);
  await refused(/Cannot use the receipt ".*": its mode is 0666, expected no write permission for group and others/);
  await assert.rejects(
    receiptHost(host, { path }).put({ path: `${dir}/x`, mode: 0o600, content: "x" }),
    /Cannot use the receipt/,
  );
  await Deno.chmod(path, 0o600);
  assert.deepEqual((await readReceipt(host, path)).entries, []);
  if (Deno.uid() === 0) {
    await Deno.chown(path, 12345, 12345);
    await refused(/its owner is user 12345, expected user 0/);
  }
  await Deno.remove(path);
  await Deno.symlink(`${dir}/other`, path);
  await refused(/it is a symlink, expected a file/);
  await Deno.remove(path);
  for (const mode of [0o777, 0o702]) { // with a receipt or without: anybody could put one there
    await Deno.chmod(dir, mode);
    await refused(
      new RegExp(`the mode of "${dir}" is 0${mode.toString(8)}, expected no write permission for group and others`),
    );
  }
  await Deno.chmod(dir, 0o700);
  await Deno.symlink(dir, `${dir}/link`);
  assert.deepEqual((await readReceipt(host, `${dir}/link/receipt.jsonl`)).entries, []);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("receipt: what is replaced and not ours is set aside as it was, once, and never shown", async () => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/state/receipt.jsonl`;
  const changes: Change[] = [];
  const plain = linuxHost((change) => changes.push(change));
  await plain.put({ path: `${dir}/theirs`, mode: 0o640, content: "theirs" });
  await plain.put({ path: `${dir}/plain`, mode: 0o640, content: "theirs" });
  const before = await plain.stat(`${dir}/theirs`);
  changes.length = 0;
  for (const content of ["ours", "ours, newer"]) {
    const host = receiptHost(plain, { path });
    await host.put({ path: `${dir}/theirs`, mode: 0o600, setAside: true, content });
    await host.put({ path: `${dir}/new`, mode: 0o600, setAside: true, content });
    await host.put({ path: `${dir}/plain`, mode: 0o600, content });
  }
  const { entries } = await readReceipt(plain, path);
  const [theirs, made, lost] = entries.map((one) => one.kind === "file" ? one.replaced : assert.fail());
  assert.match(theirs?.copy ?? "", /^[0-9a-f]{64}$/);
  assert.deepEqual([entries.length, made, lost], [3, undefined, {}]);
  const copy = `${replacedDirectory(path)}/${theirs!.copy}`;
  assert.equal(await plain.readText(copy), "theirs");
  assert.deepEqual(theirs!.was, { mode: 0o640, uid: before!.uid, gid: before!.gid });
  assert.equal((await plain.stat(copy))!.mode, 0o600);
  assert.equal((await plain.stat(replacedDirectory(path)))?.mode, 0o700);
  assert.deepEqual(await plain.list(replacedDirectory(path)), [theirs!.copy]);
  const shown = changes.filter((change) => change.kind === "write" && change.path === copy);
  assert.deepEqual(shown.map((change) => ["preview" in change, change.kind === "write" && change.secret]), [[
    false,
    true,
  ]]);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("receipt: one of version 1 is read as before, and goes on in version 2", async () => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/receipt.jsonl`;
  const first = await Deno.readTextFile(new URL("../../tests/samples/receipt_v1.jsonl", import.meta.url));
  await Deno.writeTextFile(path, first, { mode: 0o600 });
  const host = linuxHost(() => {});
  const old = await readReceipt(host, path);
  const lines = first.trimEnd().split("\n").slice(1).map((line) => JSON.parse(line));
  assert.deepEqual([old.version, old.unusable, old.entries.length], [1, 0, lines.length]);
  assert.deepEqual(
    old.entries,
    lines.map(({ kind, path, at }) =>
      kind === "overwrote" ? { kind: "file", path, replaced: {}, at } : { kind, path, at }
    ),
  );
  for (let run = 0; run < 2; run++) {
    const writer = receiptWriter(host, { path });
    await writer.note({ kind: "directory", path: "/etc/kubernetes/pki" }); // known of version 1
    await writer.note({ kind: "unit", name: "kubelet.service" });
    await writer.note({ kind: "kernel-module", name: "br_netfilter" });
    await writer.note({ kind: "sysctl", name: "net.ipv4.ip_forward", before: "0" });
    await writer.note({ kind: "image", name: "registry.k8s.io/pause:3.10" });
    await writer.note({ kind: "link", path: "/usr/local/bin/crictl", target: "/opt/crictl" });
  }
  const text = await Deno.readTextFile(path);
  assert.ok(text.startsWith(`${first}{"kind":"receipt","version":2}\n{"kind":"unit","name":"kubelet.service","at":"`));
  const now = await readReceipt(host, path);
  assert.deepEqual([now.version, now.unusable], [2, 0]);
  assert.deepEqual(now.entries.slice(0, lines.length), old.entries);
  assert.deepEqual(now.entries.slice(lines.length).map(({ kind }) => kind), [
    "unit",
    "kernel-module",
    "sysctl",
    "image",
    "link",
  ]);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("receipt: kinds are those of the version that their lines are of, and nothing odd is taken", () => {
  const header = (version: unknown) => JSON.stringify({ kind: "receipt", version });
  const of = (...lines: string[]) => {
    const { entries, version, unusable } = parseReceipt(lines.map((line) => `${line}\n`).join(""));
    return [entries.length, version, unusable];
  };
  const FILE = '{"kind":"file","path":"/a"}';
  const OVERWROTE = '{"kind":"overwrote","path":"/b"}';
  const UNIT = '{"kind":"unit","name":"a.service"}';
  assert.deepEqual(of(FILE, OVERWROTE, UNIT), [2, undefined, 1]);
  assert.deepEqual(of(header(1), FILE, OVERWROTE, UNIT), [2, 1, 1]);
  assert.deepEqual(of(header(2), FILE, OVERWROTE, UNIT), [2, 2, 1]);
  assert.deepEqual(of(header(3), FILE, OVERWROTE, UNIT), [0, undefined, 4]);
  assert.deepEqual(of(header(3), FILE, header(2), FILE), [1, 2, 2]);
  const odd = [
    '{"kind":"unit","name":"--root=/"}',
    '{"kind":"unit","name":"a b"}',
    '{"kind":"sysctl","name":"a","before":5}',
    '{"kind":"link","path":"/a","target":"../b"}',
    '{"kind":"file","path":"/a","replaced":{"copy":"../../etc/shadow"}}',
    '{"kind":"file","path":"/a","replaced":true}',
    '{"kind":"image","path":"/a"}',
  ];
  assert.deepEqual(of(header(2), ...odd), [0, 2, odd.length]);
});

Deno.test("receipt: a unit that starts at boot by our doing is in it, before it does; one that did before is not", async () => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/receipt.jsonl`;
  const told: string[] = [];
  const units = { "theirs.service": { enabled: "enabled" }, "ours.timer": { enabled: "disabled" } };
  const append = (_: string, line: string) => Promise.resolve(void told.push(line));
  const host = receiptHost(
    memoryHost({ units }, (change) => change.kind === "run" && told.push(change.command.argv.join(" "))),
    { path, append },
  );
  await host.services.enable("theirs.service");
  await host.services.enable("ours.timer", { now: true });
  await host.services.start("theirs.service");
  assert.deepEqual(told, [
    "systemctl enable theirs.service",
    '{"kind":"unit","name":"ours.timer","at":"2026-01-01T00:00:00.000Z"}',
    "systemctl enable --now ours.timer",
    "systemctl start theirs.service",
  ]);
  await Deno.remove(dir, { recursive: true });
});
