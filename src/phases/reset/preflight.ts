import { PreflightFailed } from "../../errors.ts";
import { CHECKS } from "../checks.ts";
import type { Phase } from "../phase.ts";
import type { ResetContext } from "./context.ts";

/** Verifies that reset can work. The user was checked and asked before. */
export const preflight: Phase<ResetContext> = {
  name: "preflight",
  summary: "verify that the mounts of this host can be listed",
  async run({ host }) {
    await host.mounts(); // later phases depend on it: fail before anything is removed
  },
};

/**
 * Only root can read the files of a node. A single phase requires root, too.
 * @throws {PreflightFailed} unless the user is root, or the check is to be ignored.
 */
export function checkUser({ host, config, warn }: Pick<ResetContext, "host" | "config" | "warn">): void {
  if (host.uid() === 0) return;
  const { name, fix } = CHECKS.privileged;
  const ignored = [name.toLowerCase(), "all"].some((one) => config.ignorePreflightErrors.includes(one));
  const what = `the user id is ${host.uid()}, must be 0 (root)`;
  if (!ignored) throw new PreflightFailed([{ where: name, what, hint: fix }]);
  warn(`${name}: ${what}`);
}
