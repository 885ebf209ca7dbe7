/**
 * Validates a configuration file with all its documents, and converts it to the newest version.
 * @module
 */
import { InvalidInput, type Problem } from "../errors.ts";
import { type LoadOptions, openDocuments } from "./documents.ts";
import { KUBEADM_KINDS } from "./kubeadm_kinds.ts";
import { loadInit, loadJoin, type SupportedVersions } from "./load.ts";
import { loadReset } from "./load_reset.ts";
import { loadUpgrade } from "./load_upgrade.ts";
import { type Document, initDocuments, joinDocument, resetDocument, upgradeDocument } from "./serialize_kinds.ts";
import type { Facts } from "./types.ts";
import { parseDocuments } from "./yaml.ts";

/** The facts of an unknown host. */
export const ANY_HOST: Facts = { hostname: "node", addresses: [], criSockets: [] };

/** How {@linkcode convertFile} reads a file. */
export type CheckOptions = Pick<LoadOptions, "warn" | "allowDeprecated" | "experimental">;

/** Forwards each message once. */
function oncePerMessage(warn: (message: string) => void): (message: string) => void {
  const shown = new Set<string>();
  return (message) => {
    if (!shown.has(message)) warn(message);
    shown.add(message);
  };
}

/** Collects the problems of several loaders, each once. */
class Findings {
  readonly list: Problem[] = [];

  add(problems: readonly Problem[]): void {
    for (const problem of problems) {
      const known = this.list.some(({ where, what }) => where === problem.where && what === problem.what);
      if (!known) this.list.push(problem);
    }
  }

  /** The result of a loader; undefined when it found problems. */
  run<T>(load: () => T): T | undefined {
    try {
      return load();
    } catch (error) {
      if (!(error instanceof InvalidInput) || error.problems.length === 0) throw error;
      this.add(error.problems);
      return undefined;
    }
  }
}

/**
 * Reads every document of a file as its command would.
 * @param facts of the host that the file is for.
 * @returns the documents as v1beta4 with defaults; those of components unchanged.
 * @throws {InvalidInput} with every problem of every document.
 */
export function convertFile(
  text: string,
  source: string,
  facts: Facts,
  supported: SupportedVersions,
  given: CheckOptions = {},
): Document[] {
  const found = parseDocuments(text, source);
  const options = {
    ...given,
    warn: oncePerMessage(given.warn ?? (() => {})),
    validating: true,
    anyHost: true,
    anyRuntime: true,
  };
  const findings = new Findings();
  const components = ["KubeletConfiguration", "KubeProxyConfiguration"];
  // First the shape of every document, also of those that no command below reads.
  const shapes = { ...options, warn: () => {} };
  const { documents, problems } = openDocuments(text, source, {}, [], shapes, [
    ...Object.keys(KUBEADM_KINDS),
    ...components,
  ]);
  findings.add(problems.all);
  const has = (...kinds: string[]) => found.some(({ kind }) => kinds.includes(kind));
  const result: (Document[] | Document | undefined)[] = [];
  const isForInit = has("InitConfiguration", "ClusterConfiguration");
  if (isForInit) {
    result.push(findings.run(() => initDocuments(loadInit(text, {}, facts, supported, source, options))));
  }
  if (has("JoinConfiguration")) {
    result.push(findings.run(() => joinDocument(loadJoin(text, {}, facts, source, options))));
  }
  if (has("ResetConfiguration")) {
    result.push(findings.run(() => resetDocument(loadReset(text, {}, facts, source, options))));
  }
  if (has("UpgradeConfiguration")) {
    result.push(findings.run(() => upgradeDocument(loadUpgrade(text, source, options))));
  }
  if (!isForInit) {
    for (const kind of components) if (documents[kind]) result.push(documents[kind] as Document);
  }
  if (findings.list.length > 0) throw new InvalidInput(`Cannot use "${source}":`, findings.list);
  if (found.length === 0) throw new InvalidInput(`Cannot use "${source}": no documents found`);
  return result.flatMap((part) => part ?? []);
}
