import assert from "node:assert/strict";
import { fake } from "../../../tests/fakes/fake.ts";
import { linuxHost } from "../../host/linux.ts";
import type { ResetContext } from "./context.ts";
import { takeBack } from "./restore.ts";

Deno.test("reset: a link of ours goes, one that leads elsewhere by now, or is none any more, stays", async () => {
  const dir = await Deno.makeTempDir();
  const left: string[] = [];
  const context = fake<ResetContext>("context", {
    host: linuxHost(() => {}),
    leave: (what: string, why: string) => left.push(`${what.slice(dir.length)}: ${why.replaceAll(dir, "")}`),
  });
  for (const name of ["a", "b"]) await Deno.writeTextFile(`${dir}/${name}`, name);
  await Deno.symlink(`${dir}/a`, `${dir}/ours`);
  await Deno.symlink(`${dir}/b`, `${dir}/moved`);
  await Deno.writeTextFile(`${dir}/file`, "theirs");
  const links = ["ours", "moved", "file", "gone"].map((name) => ({
    kind: "link" as const,
    path: `${dir}/${name}`,
    target: `${dir}/a`,
  }));
  await takeBack(context, links);
  const names = [];
  for await (const { name } of Deno.readDir(dir)) names.push(name);
  assert.deepEqual(names.sort(), ["a", "b", "file", "moved"]);
  assert.deepEqual(left.sort(), [
    "/file: is a file now; kubewright created a link",
    '/moved: has another target now; kubewright created a link to "/a"',
  ]);
  await Deno.remove(dir, { recursive: true });
});
