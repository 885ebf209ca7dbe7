import assert from "node:assert/strict";
import plugin from "../../_tools/lint_shell.ts";

/** How often the rule finds something in a line of src. */
function found(line: string): number {
  return Deno.lint.runPlugin(plugin, "/house/src/node/some.ts", line).length;
}

/** Lines, and how many of their interpolations have to be quoted for a shell. */
const LINES: readonly (readonly [line: string, unquoted: number])[] = [
  ["throw new UserError(a, { hint: `Look at it (ls -ld ${path}), then go on.` });", 1],
  ["throw new UserError(a, { hint: `Look at it (ls -ld ${shellWord(path)}), then go on.` });", 0],
  ['const hint = `Move it: mv ${paths.join(" ")} /root/`;', 1],
  ["const hint = `Move it: mv ${commandLine(paths)} /root/`;", 0],
  ['const hint = `Move it: mv ${paths.map(shellWord).join(" ")} /root/`;', 0],
  ['const hint = `Move it: mv ${paths.map((path) => path).join(" ")} /root/`;', 1],
  ["const hint = `Then: chown root ${path} && chmod 0600 ${path}`;", 2],
  ["const hint = `Remove ${path}, or name another.`;", 1],
  ['const hint = `"${path}" is of another cluster: remove it.`;', 0],
  ["const hints = [`See it: ${isThere ? `ls ${path}` : HOW}`];", 2], // the choice, and what is in it
  ["const hints = [`See it: ${isThere ? `ls ${shellWord(path)}` : HOW}`];", 0],
  ["const byHand = `kubectl delete node ${name}, on another node`;", 1],
  ["warn(`the key ${path} may be read; it should not (chmod 0600 ${path})`);", 1],
  ['const remove = "Remove it: rm " + path;', 1],
  ["const remove = `Remove it: rm ${CONSTANT} ${FILES.kubeconfig} ${pids.length}`;", 0],
  ["const word = shellWord(path); const remove = `Remove it: rm ${word}`;", 0],
  ["const word = path; const remove = `Remove it: rm ${word}`;", 1],
  ["const keep = `Keep the name (--node-name ${other})`;", 1],
  ["const keep = `Keep the name (--node-name k1), or rename ${other}`;", 0],
  ["const text = `no container runtime answers at ${socket}`;", 0],
  ["const argv = [`--property=${names}`, `${a + b}`];", 0],
];

Deno.test("lint: what stands in a printed command or a hint is quoted for a shell", () => {
  for (const [line, unquoted] of LINES) assert.equal(found(line), unquoted, line);
});
