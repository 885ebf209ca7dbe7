/**
 * From a file's text and the flags to the documents that a command works from: what all loaders begin and end with.
 * @module
 */
import { InvalidInput } from "../errors.ts";
import { KUBE_PROXY_CONFIGURATION, KUBELET_CONFIGURATION } from "./component_kinds.ts";
import { KUBEADM_KINDS } from "./kubeadm_kinds.ts";
import { suggestion } from "./nearest.ts";
import { applyOverrides, type Documents, type FlagField, placeIn } from "./overrides.ts";
import { Problems } from "./problems.ts";
import { checkShape, type Schema } from "./schema.ts";
import { type ConfigDocument, parseDocuments } from "./yaml.ts";

const KUBEADM = "kubeadm.k8s.io/";

/** Every kind that a configuration file may hold, by apiVersion. */
export const KINDS: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  [`${KUBEADM}v1beta4`]: KUBEADM_KINDS,
  "kubelet.config.k8s.io/v1beta1": { KubeletConfiguration: KUBELET_CONFIGURATION },
  "kubeproxy.config.k8s.io/v1alpha1": { KubeProxyConfiguration: KUBE_PROXY_CONFIGURATION },
};

/** Why a document's apiVersion cannot be read. */
function versionProblem({ apiVersion, kind }: ConfigDocument): string {
  const group = apiVersion.slice(0, apiVersion.lastIndexOf("/") + 1);
  const current = Object.keys(KINDS).find((known) => group !== "" && known.startsWith(group));
  if (group === KUBEADM && /v1(alpha|beta)[123]$/.test(apiVersion)) {
    return `apiVersion ${apiVersion} was removed in kubeadm 1.37 and is not converted here yet; write ${current}, ` +
      "or convert it with `kubeadm config migrate` of a version that still reads it";
  }
  return current === undefined
    ? `there is no apiVersion ${apiVersion}${suggestion(apiVersion, Object.keys(KINDS))}`
    : `there is no apiVersion ${apiVersion} for ${kind}; write ${current}`;
}

/** Reads and checks the documents of a file, by kind. */
function readFile(text: string, source: string, problems: Problems): Documents {
  const documents: Documents = Object.create(null);
  for (const document of parseDocuments(text, source)) {
    const { apiVersion, kind, body } = document;
    const kinds = Object.hasOwn(KINDS, apiVersion) ? KINDS[apiVersion] : undefined;
    const schema = kinds && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (!kinds) problems.add(kind, versionProblem(document));
    else if (!schema) {
      problems.add(kind, `there is no such kind in ${apiVersion}${suggestion(kind, Object.keys(kinds))}`);
    } else if (documents[kind]) problems.add(kind, "occurs twice in the file");
    documents[kind] ??= schema ? checkShape(schema, body, kind, problems.add) as Record<string, unknown> : {};
  }
  return documents;
}

/**
 * The file's documents with the flags' values in them, and what is wrong so far.
 * @param wanted the kinds of which the file has to have one.
 * @throws {InvalidInput} when the text cannot be read, or has none of the kinds wanted.
 */
export function openDocuments<Overrides extends object>(
  text: string | undefined,
  source: string,
  overrides: Overrides,
  flags: readonly FlagField<Overrides>[],
  wanted: readonly string[],
): { documents: Documents; problems: Problems } {
  let origins: ReadonlyMap<string, string> = new Map();
  const problems = new Problems((path) => placeIn(origins, flags, text !== undefined)(path));
  const documents = text === undefined ? {} : readFile(text, source, problems);
  if (text !== undefined && !wanted.some((kind) => documents[kind])) {
    throw new InvalidInput(`Cannot use "${source}": it has no ${wanted.join(" and no ")}`, [], {
      hint: `Add a document with apiVersion: ${KUBEADM}v1beta4 and kind: ${wanted[0]}.`,
    });
  }
  problems.settle();
  const found: [string, string][] = [];
  origins = applyOverrides(documents, overrides, flags, (path, what) => found.push([path, what]));
  for (const [path, what] of found) problems.add(path, what);
  return { documents, problems };
}

/** The same value, which nobody can change any more. */
export function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

/** The first line of an error that lists problems. */
export function summary(source: string, hasFile: boolean): string {
  return hasFile ? `Cannot use "${source}":` : "Cannot use these settings:";
}
