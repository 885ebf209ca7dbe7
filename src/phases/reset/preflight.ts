import { PreflightFailed } from "../../errors.ts";
import type { Phase } from "../phase.ts";
import type { ResetContext } from "./context.ts";

/** Asks, and makes sure that this can be done at all. */
export const preflight: Phase<ResetContext> = {
  name: "preflight",
  summary: "ask whether to go on, and check that this may be done",
  async run({ host, config, confirm, warn }) {
    if (host.uid() !== 0) {
      const ignored = ["isprivilegeduser", "all"].some((name) => config.ignorePreflightErrors.includes(name));
      const state = `user id is ${host.uid()}, must be 0 (root)`;
      if (!ignored) {
        throw new PreflightFailed([{
          where: "IsPrivilegedUser",
          what: state,
          hint: "Run it as root, e.g. with sudo.",
        }]);
      }
      warn(`IsPrivilegedUser: ${state}`);
    }
    await confirm();
  },
};
