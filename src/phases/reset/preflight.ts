import { PreflightFailed } from "../../errors.ts";
import type { Phase } from "../phase.ts";
import type { ResetContext } from "./context.ts";

/** Makes sure that this can be done at all. The user was checked, and asked, before. */
export const preflight: Phase<ResetContext> = {
  name: "preflight",
  summary: "check that this may be done",
  async run({ host }) {
    await host.mounts(); // what is removed later depends on them: to fail, fail now
  },
};

/**
 * Only root sees what there is; to others a node is as none. Single phases need it as much as all of them.
 * @throws {PreflightFailed} unless the user is root, or the check is to be ignored.
 */
export function checkUser({ host, config, warn }: Pick<ResetContext, "host" | "config" | "warn">): void {
  if (host.uid() === 0) return;
  const ignored = ["isprivilegeduser", "all"].some((name) => config.ignorePreflightErrors.includes(name));
  const what = `user id is ${host.uid()}, must be 0 (root)`;
  if (!ignored) {
    throw new PreflightFailed([{ where: "IsPrivilegedUser", what, hint: "Run it as root, e.g. with sudo." }]);
  }
  warn(`IsPrivilegedUser: ${what}`);
}
