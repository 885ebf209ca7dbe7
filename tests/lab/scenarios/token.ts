import { answers, init, join, kubewright, prepare } from "../kubewright.ts";
import type { Scenario } from "../scenario.ts";

export const scenario: Scenario = {
  name: "token",
  summary: "token create, list, delete; a host joins with the command that create prints, and not after delete",
  async run(t) {
    const [k1, k2] = await t.step("two hosts boot", () => Promise.all([t.host("k1"), t.host("k2")]));
    await Promise.all([prepare(k1), prepare(k2)]);
    await t.step("init", () => init(k1));
    const result = async (...argv: string[]) => (await answers(k1, "token", ...argv))[0]!;
    const list = () => answers<{ token: string }>(k1, "token", "list");
    const dry = await result("create", "--dry-run", "abcdef.0123456789abcdef");
    t.equal((dry["changes"] as unknown[]).length, 1, "the number of changes of a dry run");
    const created = await t.step("token create", () => result("create", "--print-join-command", "--ttl", "1h"));
    const token = created["token"] as string;
    const listed = await list();
    t.equal(listed.length, 2, "the number of tokens: that of init, and this one");
    t.equal(listed.some((entry) => entry.token === token), true, "whether token list has the new token");
    const command = (created["joinCommand"] as string[]).slice(1);
    await t.step("token delete", () => result("delete", token));
    t.equal((await list()).length, 1, "the number of tokens after delete");
    const refused = await t.step("join with the deleted token is refused", async () => {
      return await kubewright(k2, [...command, "--ignore-preflight-errors=all"], { check: false });
    });
    t.equal(refused.code, 5, "the exit code with a deleted token");
    const again = (await result("create", token, "--print-join-command"))["joinCommand"] as string[];
    t.equal(again.slice(1), command, "the join command of the same token");
    await t.step("join with the token made again", () => join(k2, command));
  },
};
