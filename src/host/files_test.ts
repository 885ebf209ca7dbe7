/** What `Files` promises, held by each host: the machine, a dry run over it, and the host in memory. @module */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { memoryHost } from "../../tests/fakes/memory_host.ts";
import { UserError } from "../errors.ts";
import type { Change, ContentSource, Host, WriteChange } from "../system.ts";
import { linuxHost } from "./linux.ts";
import { recordingHost } from "./recording_host.ts";

/** A host, a directory of it in which only `there` (0644, "old") is, and what it reports. */
interface Place {
  host: Host;
  dir: string;
  changes: Change[];
}

type Open = (body: (place: Place) => Promise<void>) => Promise<void>;

async function inScratch(make: (changes: Change[]) => Host, body: (place: Place) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  const changes: Change[] = [];
  try {
    await Deno.writeTextFile(`${dir}/there`, "old");
    await Deno.chmod(`${dir}/there`, 0o644);
    await body({ host: make(changes), dir, changes });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const HOSTS: Readonly<Record<string, Open>> = {
  linux: (body) => inScratch((changes) => linuxHost((change) => changes.push(change)), body),
  recording: (body) =>
    inScratch(
      (changes) => recordingHost(linuxHost(() => assert.fail("a dry run changed something")), (it) => changes.push(it)),
      async (place) => {
        await body(place);
        const names = await Array.fromAsync(Deno.readDir(place.dir), ({ name }) => name);
        assert.deepEqual([names, await Deno.readTextFile(`${place.dir}/there`)], [["there"], "old"]);
      },
    ),
  async memory(body) {
    const changes: Change[] = [];
    await body({
      host: memoryHost({ files: { "/srv/there": "old" } }, (change) => changes.push(change)),
      dir: "/srv",
      changes,
    });
  },
};

/** The same case on each host. */
function onEach(name: string, body: (place: Place) => Promise<void>, ignore = false): void {
  for (const [kind, open] of Object.entries(HOSTS)) {
    Deno.test({ name: `files, ${kind}: ${name}`, ignore, fn: () => open(body) });
  }
}

const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");
const kinds = (changes: readonly Change[]) => changes.map(({ kind }) => kind);
const text = (length: number) => "0123456789abcde\n".repeat(length / 16);

/** A stream in pieces, and how often it was opened. */
function source(content: string, declared: Partial<ContentSource> = {}): ContentSource & { opened: number } {
  const bytes = new TextEncoder().encode(content);
  const made = {
    opened: 0,
    open() {
      made.opened++;
      let at = 0;
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          if (at >= bytes.length) return controller.close();
          controller.enqueue(bytes.slice(at, at += 40_000));
        },
      });
    },
    ...declared,
  };
  return made;
}

onEach("put makes parents with 0755, one Change each, and nothing the second time", async ({ host, dir, changes }) => {
  const file = { path: `${dir}/a/b/c`, mode: 0o600, content: "one\n" };
  await host.put(file);
  assert.equal((await host.stat(`${dir}/a`))?.mode, 0o755);
  assert.equal((await host.stat(`${dir}/a/b`))?.mode, 0o755);
  assert.equal((await host.stat(file.path))?.mode, 0o600);
  assert.equal((await host.stat(file.path))?.size, 4);
  assert.equal(await host.readText(file.path), "one\n");
  assert.deepEqual(kinds(changes), ["directory", "directory", "write"]);
  await host.put(file);
  await host.put({ ...file, content: new TextEncoder().encode("one\n") });
  await host.put({ ...file, content: source("one\n") });
  assert.equal(changes.length, 3);
  await host.put({ ...file, mode: 0o644 });
  assert.equal((await host.stat(file.path))?.mode, 0o644);
  assert.deepEqual(await host.list(`${dir}/a/b`), ["c"]);
});

onEach("a write Change tells size, hash and what was before; a preview only of short text", async (place) => {
  const { host, dir, changes } = place;
  const last = () => changes.at(-1) as WriteChange;
  await host.put({ path: `${dir}/there`, mode: 0o600, content: "new" });
  assert.deepEqual(last(), {
    kind: "write",
    path: `${dir}/there`,
    mode: 0o600,
    size: 3,
    sha256: sha256("new"),
    before: { size: 3, sha256: sha256("old") },
    preview: "new",
  });
  await host.put({ path: `${dir}/key`, mode: 0o600, secret: true, content: "s3cret" });
  assert.deepEqual([last().secret, last().preview, last().before], [true, undefined, undefined]);
  await host.put({ path: `${dir}/bytes`, mode: 0o600, content: new Uint8Array([0xff, 0]) });
  assert.equal(last().preview, undefined);
  for (const [length, shown] of [[64 << 10, true], [(64 << 10) + 16, false], [2 << 20, false]] as const) {
    for (const content of [text(length), source(text(length))]) {
      await host.put({ path: `${dir}/long`, mode: 0o600, content });
      assert.deepEqual([last().size, last().sha256], [length, sha256(text(length))]);
      assert.equal(last().preview, shown ? text(length) : undefined);
      await host.remove(`${dir}/long`);
    }
  }
});

onEach("a stream is written whole, and read as one; a long one that is there is not opened again", async (place) => {
  const { host, dir, changes } = place;
  const content = text(3 << 20);
  const declared = { size: content.length, sha256: sha256(content).toUpperCase() };
  await host.put({ path: `${dir}/big`, mode: 0o644, content: source(content, declared) });
  assert.equal(sha256((await host.read(`${dir}/big`))!), sha256(content));
  assert.equal(await new Response(await host.open(`${dir}/big`)).text(), content);
  assert.equal(await host.open(`${dir}/none`), undefined);
  for (const known of [declared, { sha256: declared.sha256 }]) {
    const again = source(content, known);
    await host.put({ path: `${dir}/big`, mode: 0o644, content: again });
    assert.equal(again.opened, 0);
  }
  await host.put({ path: `${dir}/big`, mode: 0o644, content: source(content) }); // told only in the end
  assert.deepEqual(kinds(changes), ["write"]);
});

onEach("content that is not what it must be is refused, and nothing is left behind", async ({ host, dir, changes }) => {
  const wrong: [ContentSource, RegExp][] = [
    [source(text(160_000), { size: 100 }), /Cannot write ".*": its content is longer than the expected 100 bytes/],
    [source("short", { size: 100 }), /Cannot write ".*": its content has 5 bytes, expected 100/],
    [source("short", { sha256: sha256("other") }), /its content has SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}/],
    [{
      open: () =>
        new ReadableStream({
          start: (controller) => controller.enqueue(new Uint8Array(10)),
          pull: (controller) => controller.error(new UserError("Cannot get it: the connection broke off")),
        }),
    }, /^UserError: Cannot get it: the connection broke off$/],
  ];
  for (const [content, why] of wrong) {
    for (const name of ["there", "new"]) {
      await assert.rejects(host.put({ path: `${dir}/${name}`, mode: 0o644, content }), why);
    }
  }
  assert.deepEqual([await host.list(dir), await host.readText(`${dir}/there`), changes], [["there"], "old", []]);
});

onEach("beforeChange is told of each Change while the path is as before, and can stop it", async (place) => {
  const { host, dir, changes } = place;
  const told: string[] = [];
  const put = (content: string, path = `${dir}/there`) =>
    host.put({
      path,
      mode: 0o644,
      content,
      async beforeChange({ path, before }) {
        told.push(`${path.slice(dir.length)} ${before?.size} ${await host.readText(path)}`);
        if (content === "no") throw new UserError("Cannot record it");
      },
    });
  await put("old");
  await put("new");
  await put("x", `${dir}/x`);
  await assert.rejects(put("no"), /Cannot record it/);
  assert.deepEqual(told, ["/there 3 old", "/x undefined undefined", "/there 3 new"]);
  assert.deepEqual([kinds(changes), await host.readText(`${dir}/there`)], [["write", "write"], "new"]);
  assert.deepEqual(await host.list(dir), ["there", "x"]);
});

onEach("owner: given with the file, part of what is compared", async ({ host, dir, changes }) => {
  const file = { path: `${dir}/f`, mode: 0o640, owner: { uid: 0, gid: 2000 }, content: "x" };
  await host.put(file);
  await host.put(file);
  const there = await host.stat(file.path);
  assert.deepEqual([there?.uid, there?.gid, there?.mode], [0, 2000, 0o640]);
  assert.deepEqual(changes.map((change) => "owner" in change && change.owner), [file.owner]);
  await host.put({ ...file, owner: { uid: 0, gid: 2001 } });
  assert.equal((await host.stat(file.path))?.gid, 2001);
  assert.equal(changes.length, 2);
}, Deno.uid() !== 0);

onEach("remove, removeTree, list and stat: what is absent is an answer, misfits are errors", async (place) => {
  const { host, dir, changes } = place;
  await host.remove(`${dir}/none`);
  await host.removeTree(`${dir}/none`);
  assert.deepEqual([await host.stat(`${dir}/none`), await host.list(`${dir}/none`), changes], [undefined, [], []]);
  await host.makeDirectory(`${dir}/d/e`, 0o700);
  await host.makeDirectory(`${dir}/d/e`, 0o755);
  assert.deepEqual([(await host.stat(`${dir}/d`))?.mode, (await host.stat(`${dir}/d/e`))?.mode], [0o755, 0o700]);
  await host.put({ path: `${dir}/d/f`, mode: 0o600, content: "" });
  assert.deepEqual([(await host.stat(`${dir}/d/f`))?.size, await host.list(`${dir}/d`)], [0, ["e", "f"]]);
  await assert.rejects(host.remove(`${dir}/d`), /Cannot remove ".*": the directory is not empty/);
  await assert.rejects(host.put({ path: `${dir}/d`, mode: 0o600, content: "" }), /it is a directory, expected a file/);
  await assert.rejects(
    host.put({ path: `${dir}/d/f/g`, mode: 0o600, content: "" }),
    /a file with this name already exists/,
  );
  await assert.rejects(host.put({ path: "relative", mode: 0o600, content: "" }), /absolute path/);
  await assert.rejects(host.makeDirectory(`${dir}/d/f`, 0o700), /a file with this name already exists/);
  await assert.rejects(host.read(dir), /Cannot read ".*": it is a directory/);
  await assert.rejects(host.open(dir), /Cannot read ".*": it is a directory/);
  await host.remove(`${dir}/d/e`);
  await host.removeTree(`${dir}/d`);
  assert.deepEqual(await host.list(dir), ["there"]);
  assert.deepEqual(kinds(changes), ["directory", "directory", "write", "remove", "remove"]);
});
