import { KUBELET_SERVICE } from "../../cluster/kubelet/unit.ts";
import { UserError } from "../../errors.ts";
import { ask } from "../../programs.ts";
import { kindName, whyUntaken } from "../../file_trust.ts";
import { type Made, type Replaced, replacedDirectory } from "../../receipt.ts";
import type { Host } from "../../system.ts";
import { messageOf, type ResetContext } from "./context.ts";

/** Does what one entry of the receipt asks for; what fails stays open, with the receipt, which knows it. */
async function onItsOwn({ open }: ResetContext, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    open(what, messageOf(error));
  }
}

/** Takes back what is in the receipt and is no file of ours: units, kernel settings, links. */
export async function takeBack(context: ResetContext, made: readonly Made[]): Promise<void> {
  const { host, leave } = context;
  for (const one of made.toReversed()) {
    switch (one.kind) {
      case "unit":
        if (one.name === KUBELET_SERVICE) break; // by the phase that stops it
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
        leave(`kernel module ${one.name}`, "others may use it by now; a restart of the host unloads it");
        break;
      case "link":
        await onItsOwn(context, one.path, () => removeLink(context, one));
        break;
      case "file":
      case "directory":
      case "image": // of all images the run tells at its end
        break;
    }
  }
}

async function removeLink({ host, leave }: ResetContext, { path, target }: { path: string; target: string }) {
  const there = await host.stat(path);
  if (there === undefined) return;
  if (there.kind !== "symlink") return leave(path, `a ${kindName(there.kind)} is where kubewright made a link`);
  const [now, ours] = await Promise.all([host.realPath(path), host.realPath(target)]);
  if (now === ours) await host.remove(path);
  else leave(path, `kubewright made it a link to "${target}"; now it leads elsewhere`);
}

/**
 * Puts back what was there before, with its mode and owner; what was not kept is told.
 * @param elsewhere whether the path leads through a directory of ours that is a link by now.
 */
export async function putBackReplaced(context: ResetContext, elsewhere: (path: string) => boolean): Promise<void> {
  const { host, leave } = context;
  for (const one of context.made) {
    if (one.kind !== "file" || one.replaced === undefined) continue;
    const { path, replaced } = one;
    await onItsOwn(context, path, async () => {
      const former = await formerOf(host, replaced);
      if (former === undefined) {
        if (await host.stat(path) !== undefined) leave(path, "it was there before; kubewright changed it");
        return;
      }
      if (elsewhere(path)) throw new UserError(`Cannot put back "${path}": its directory is a link by now`);
      const { mode, uid, gid, content } = former;
      await host.put({ path, mode, owner: { uid, gid }, secret: true, content });
    });
  }
}

/**
 * What was kept of a file: its content, mode and owner; undefined when it was not kept.
 * @throws {UserError} when others could have written the copy, or put it there, or it cannot be read.
 */
async function formerOf(host: Host, { copy, was }: Replaced) {
  if (copy === undefined) return undefined;
  const path = `${replacedDirectory()}/${copy}`;
  const untaken = await whyUntaken(host, path);
  if (untaken !== undefined) {
    throw new UserError(`Cannot put back the copy "${path}": ${untaken.why}. To take it all the same: ${untaken.fix}`);
  }
  const [there, content] = await Promise.all([host.stat(path), host.read(path)]);
  if (!there || !content) return undefined;
  const { mode, uid, gid } = was ?? there;
  return { mode, uid, gid, content };
}
