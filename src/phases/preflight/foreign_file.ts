/** Files of another cluster, which kubewright does not replace. @module */
import type { Host } from "../../system.ts";
import { CHECKS } from "../checks.ts";
import { pathName } from "./names.ts";
import { type Check, type Findings, NOTHING } from "./run.ts";

/** The finding for a file that exists and that kubewright did not create. */
export async function foreignFile(host: Host, ownPaths: ReadonlySet<string>, path: string): Promise<Findings> {
  if (ownPaths.has(path) || !await host.stat(path)) return NOTHING;
  return { errors: [`${path} already exists and was not created by kubewright`] };
}

/** The check that refuses such a file. */
export function foreignFileCheck(path: string): Check<{ host: Host; ownPaths: ReadonlySet<string> }> {
  return {
    ...CHECKS.file,
    name: pathName("FileAvailable", path),
    look: ({ host, ownPaths }) => foreignFile(host, ownPaths, path),
  };
}
