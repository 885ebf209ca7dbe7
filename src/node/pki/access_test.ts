import assert from "node:assert/strict";
import { stat } from "../../host/look.ts";
import type { FileStat } from "../../system.ts";
import { accessTo } from "./access.ts";

const KEY = "/etc/kubernetes/pki/ca.key";
/** As kubeadm and we make them. */
const USUAL: Readonly<Record<string, Partial<FileStat>>> = {
  "/": { kind: "directory", mode: 0o755 },
  "/tmp": { kind: "directory", mode: 0o1777 },
  "/etc": { kind: "directory", mode: 0o755 },
  "/etc/kubernetes": { kind: "directory", mode: 0o775 }, // of root's group
  "/etc/kubernetes/pki": { kind: "directory", mode: 0o755 },
  [KEY]: { kind: "file", mode: 0o600 },
};

/** What is said of the key on a host with these things besides the usual ones; `uid` 0 unless told. */
async function said(things: Readonly<Record<string, Partial<FileStat>>>, path = KEY, uid = 0) {
  const all = { ...USUAL, ...things };
  const about = { size: 0, uid: 0, gid: 0, modified: new Date(0) };
  const host = {
    uid: () => uid,
    stat: (path: string) => Promise.resolve(all[path] && { ...about, ...all[path] } as FileStat),
  };
  return await accessTo(host, [{ path, holds: "private key" }]);
}

const link = (target: string, more: Partial<FileStat> = {}): Partial<FileStat> => ({
  kind: "symlink",
  mode: 0o777,
  target,
  ...more,
});
const file = (mode: number, more: Partial<FileStat> = {}): Partial<FileStat> => ({ kind: "file", mode, ...more });
const folder = (mode: number, more: Partial<FileStat> = {}): Partial<FileStat> => ({
  kind: "directory",
  mode,
  ...more,
});

/** What is there, what is refused (place and state) or warned of; neither: nothing is said. */
const CASES: readonly {
  name: string;
  there: Readonly<Record<string, Partial<FileStat>>>;
  path?: string;
  uid?: number;
  refused?: RegExp;
  warned?: RegExp;
}[] = [
  { name: "the usual", there: {} },
  { name: "nothing there yet", there: { [KEY]: {} }, path: "/etc/kubernetes/pki/other.key" },
  {
    name: "anybody may write",
    there: { [KEY]: file(0o666) },
    refused: /^\S+ca\.key is a private key .*\(mode 0666\)$/,
  },
  { name: "anybody may read", there: { [KEY]: file(0o644) }, warned: /ca\.key is readable by any user \(mode 0644\)/ },
  { name: "its group may write", there: { [KEY]: file(0o660, { gid: 5 }) }, warned: /is writable by its group/ },
  { name: "another user's", there: { [KEY]: file(0o600, { uid: 7 }) }, warned: /is owned by user 7; .*chown root/ },
  { name: "the caller's own", there: { [KEY]: file(0o600, { uid: 7 }) }, uid: 7 },
  {
    name: "a folder that anybody may write",
    there: { "/etc/kubernetes/pki": folder(0o777) },
    refused: /^\/etc\/kubernetes\/pki is a directory in which any user may replace the cluster's keys \(mode 0777\)$/,
  },
  {
    name: "a folder further up, and no file yet",
    there: { "/etc": folder(0o757) },
    path: "/etc/new/pki/ca.key",
    refused: /^\/etc is a directory/,
  },
  {
    name: "another group's folder",
    there: { "/etc": folder(0o775, { gid: 5 }) },
    warned: /directory \/etc, .*chmod g-w/,
  },
  { name: "another user's folder", there: { "/etc": folder(0o755, { uid: 7 }) }, warned: /is owned by user 7/ },
  {
    name: "in a folder of ours in /tmp",
    there: { "/tmp/a": folder(0o700), "/tmp/a/k": file(0o600) },
    path: "/tmp/a/k",
  },
  {
    name: "in another's folder in /tmp",
    there: { "/tmp/a": folder(0o700, { uid: 7 }), "/tmp/a/k": file(0o600) },
    path: "/tmp/a/k",
    warned: /directory \/tmp\/a, .*is owned by user 7/,
  },
  { name: "a link", there: { [KEY]: link("/srv/k"), "/srv": folder(0o755), "/srv/k": file(0o600) } },
  {
    name: "a link to what anybody may write",
    there: { [KEY]: link("../../../srv/k"), "/srv": folder(0o755), "/srv/k": file(0o666) },
    refused: /ca\.key links to \/srv\/k, a private key that any user may write/,
  },
  {
    name: "a link into a folder that anybody may write",
    there: { [KEY]: link("/srv/k"), "/srv": folder(0o777), "/srv/k": file(0o600) },
    refused: /^\/srv is a directory/,
  },
  {
    name: "a link by way of another's link in /tmp",
    there: {
      [KEY]: link("/tmp/k"),
      "/tmp/k": link("/srv/k", { uid: 7 }),
      "/srv": folder(0o755),
      "/srv/k": file(0o600),
    },
    warned: /the link \/tmp\/k, .*is owned by user 7.*chown -h root/,
  },
  {
    name: "a folder that is a link into one that anybody may write",
    there: { "/etc/kubernetes/pki": link("/srv/a/../pki"), "/srv": folder(0o755), "/srv/pki": folder(0o777) },
    refused: /^\/srv\/pki is a directory/,
  },
  { name: "a link in a circle", there: { [KEY]: link("ca.key") } },
];

for (const { name, there, path, uid, refused, warned } of CASES) {
  Deno.test(`access to keys: ${name}`, async () => {
    const { problems, warnings } = await said(there, path, uid);
    const problem = problems.map(({ where, what }) => `${where} ${what}`).join("\n");
    const warning = warnings.join("\n");
    assert.equal(problem === "", refused === undefined, problem);
    assert.equal(warning === "", warned === undefined, warning);
    if (refused) assert.match(problem, refused);
    if (warned) assert.match(warning, warned);
  });
}

Deno.test("access to keys: on a real file system", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${root}/pki`, { mode: 0o755 });
    await Deno.writeTextFile(`${root}/target`, "key");
    await Deno.chmod(`${root}/target`, 0o666);
    await Deno.symlink("../target", `${root}/pki/ca.key`);
    const host = { stat, uid: () => Deno.uid()! };
    const { problems: [problem, ...more] } = await accessTo(host, [
      { path: `${root}/pki/ca.key`, holds: "private key" },
    ]);
    assert.equal(problem?.what, `links to ${root}/target, a private key that any user may write (mode 0666)`);
    assert.deepEqual(more, []);
    assert.equal((await stat(`${root}/pki/ca.key`))?.target, "../target");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
