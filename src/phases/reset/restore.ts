import { KUBELET_SERVICE } from "../../cluster/kubelet/unit.ts";
import { UserError } from "../../errors.ts";
import { ask } from "../../programs.ts";
import { kindName, whyUntaken } from "../../file_trust.ts";
import { type Made, type Replaced, replacedDirectory } from "../../receipt.ts";
import type { Host } from "../../system.ts";
import { messageOf, type ResetContext } from "./context.ts";

/** Undoes one entry of the receipt; a failure is reported, and the receipt is kept. */
async function onItsOwn({ open }: ResetContext, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    open(what, messageOf(error));
  }
}

/** Undoes the entries of the receipt that are not files: units, kernel settings, links. */
export async function takeBack(context: ResetContext, made: readonly Made[]): Promise<void> {
  const { host, leave } = context;
  for (const one of made.toReversed()) {
    switch (one.kind) {
      case "unit":
        if (one.name === KUBELET_SERVICE) break; // phase kubelet disables it
        await onItsOwn(context, `unit ${one.name}`, async () => {
          if (await host.services.isEnabled(one.name)) await host.services.disable(one.name);
        });
        break;
      case "sysctl":
        await onItsOwn(context, `kernel setting ${one.name}`, async () => {
          const now = (await ask(host, { argv: ["sysctl", "-n", one.name] })).stdout.trim();
          if (now !== one.before) await host.run({ argv: ["sysctl", "-w", `${one.name}=${one.before}`] });
        });
        break;
      case "kernel-module":
        leave(`kernel module ${one.name}`, "another program may use it; a restart of the host unloads it");
        break;
      case "link":
        await onItsOwn(context, one.path, () => removeLink(context, one));
        break;
      case "file":
      case "directory":
      case "image": // the result of the run lists images
        break;
    }
  }
}

async function removeLink({ host, leave }: ResetContext, { path, target }: { path: string; target: string }) {
  const there = await host.stat(path);
  if (there === undefined) return;
  if (there.kind !== "symlink") return leave(path, `is a ${kindName(there.kind)} now; kubewright created a link`);
  const [now, ours] = await Promise.all([host.realPath(path), host.realPath(target)]);
  if (now === ours) await host.remove(path);
  else leave(path, `has another target now; kubewright created a link to "${target}"`);
}

/**
 * Restores the files that kubewright replaced, with mode and owner; reports those without a copy.
 * @param elsewhere whether the path contains a directory of kubewright that is now a link.
 */
export async function putBackReplaced(context: ResetContext, elsewhere: (path: string) => boolean): Promise<void> {
  const { host, leave } = context;
  for (const one of context.made) {
    if (one.kind !== "file" || one.replaced === undefined) continue;
    const { path, replaced } = one;
    await onItsOwn(context, path, async () => {
      const former = await formerOf(host, replaced);
      if (former === undefined) {
        if (await host.stat(path) !== undefined) {
          leave(path, "existed before kubewright changed it, and no copy of it exists");
        }
        return;
      }
      if (elsewhere(path)) throw new UserError(`Cannot restore "${path}": its directory is now a symlink`);
      const { mode, uid, gid, content } = former;
      await host.put({ path, mode, owner: { uid, gid }, secret: true, content });
    });
  }
}

/**
 * The copy of a replaced file: its content, mode and owner; undefined when no copy exists.
 * @throws {UserError} when another user could have written or created the copy, or it cannot be read.
 */
async function formerOf(host: Host, { copy, was }: Replaced) {
  if (copy === undefined) return undefined;
  const path = `${replacedDirectory()}/${copy}`;
  const untaken = await whyUntaken(host, path);
  if (untaken !== undefined) {
    throw new UserError(`Cannot restore the copy "${path}": ${untaken.why}. To restore it anyway: ${untaken.fix}`);
  }
  const [there, content] = await Promise.all([host.stat(path), host.read(path)]);
  if (!there || !content) return undefined;
  const { mode, uid, gid } = was ?? there;
  return { mode, uid, gid, content };
}
