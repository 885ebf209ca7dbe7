/**
 * From a file's text and the flags to the documents that a command works from: what all loaders begin and end with.
 * @module
 */
import { InvalidInput } from "../errors.ts";
import { KUBE_PROXY_CONFIGURATION, KUBELET_CONFIGURATION } from "./component_kinds.ts";
import { KUBEADM_KINDS } from "./kubeadm_kinds.ts";
import { suggestion } from "./suggest.ts";
import { convertOld, OLD_KINDS } from "./old_versions.ts";
import { applySettings, type Documents, labelIn, placeIn, type Settings } from "./assignments.ts";
import { FieldErrors, type Locate } from "./field_errors.ts";
import { checkShape, type Report, type Schema } from "./schema.ts";
import { readValues } from "./values.ts";
import { type ConfigDocument, parseDocuments, placesIn } from "./yaml.ts";
import type { Places } from "./yaml_places.ts";
import { shellWord } from "../text/shell.ts";

/** How a configuration is read. */
export interface LoadOptions {
  /** Takes what is not wrong, but should be known, one sentence each. */
  warn?: (message: string) => void;
  /** Whether documents of deprecated versions are read without a warning. */
  allowDeprecated?: boolean;
  /** Whether documents of experimental versions are read, and what is said for that; absent: nothing can be. */
  experimental?: { allowed: boolean; label: string };
  /** The file is only looked at: documents of kinds that nobody knows are wrong, and those of other commands are not told. */
  validating?: boolean;
  /** Nothing is known of the host that it is for: what would be found out there may be missing. */
  anyHost?: boolean;
  /** `skipPhases` does not count: no phase is run. */
  noPhases?: boolean;
  /** No container runtime is asked for anything: which of several it is does not matter. */
  anyRuntime?: boolean;
}

const KUBEADM = "kubeadm.k8s.io/";

/** What is written; older and experimental versions are converted to it. */
export const KUBEADM_VERSION = `${KUBEADM}v1beta4`;

/** Every kind that a configuration file may hold, by apiVersion, as it is worked with. */
export const KINDS: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  [KUBEADM_VERSION]: KUBEADM_KINDS,
  "kubelet.config.k8s.io/v1beta1": { KubeletConfiguration: KUBELET_CONFIGURATION },
  "kubeproxy.config.k8s.io/v1alpha1": { KubeProxyConfiguration: KUBE_PROXY_CONFIGURATION },
};

/** The same, with the versions that are converted. */
const READABLE: typeof KINDS = { ...KINDS, ...OLD_KINDS };

/** The names of all kinds. */
const KIND_NAMES: ReadonlySet<string> = new Set(Object.values(KINDS).flatMap(Object.keys));

/** Why a document cannot be read; undefined when it can. */
function kindProblem({ apiVersion, kind }: ConfigDocument, options: LoadOptions): string | undefined {
  const kinds = Object.hasOwn(READABLE, apiVersion) ? READABLE[apiVersion]! : undefined;
  const group = apiVersion.slice(0, apiVersion.lastIndexOf("/") + 1);
  const current = Object.keys(KINDS).find((known) => group !== "" && known.startsWith(group));
  if (!kinds && group === KUBEADM && /v1(alpha[123]|beta[12])$/.test(apiVersion)) {
    return `apiVersion ${apiVersion} is too old to be read; write ${current}, ` +
      "or convert it with `kubeadm config migrate` of a version that still reads it";
  }
  if (!kinds) {
    return current === undefined
      ? `there is no apiVersion ${apiVersion}${suggestion(apiVersion, Object.keys(KINDS))}`
      : `there is no apiVersion ${apiVersion} for ${kind}; write ${current}`;
  }
  if (!Object.hasOwn(kinds, kind)) {
    return `there is no such kind in ${apiVersion}${suggestion(kind, Object.keys(kinds))}`;
  }
  if (apiVersion === `${KUBEADM}v1` && !options.experimental?.allowed) {
    const or = options.experimental ? `, or give ${options.experimental.label}` : "";
    return `apiVersion ${apiVersion} is experimental; write ${KUBEADM_VERSION}${or}`;
  }
  return undefined;
}

/** Whether a document is somebody else's: neither of a group that is known here nor of a kind that is. */
function isForeign({ apiVersion, kind }: ConfigDocument): boolean {
  const groups = Object.keys(KINDS).map((known) => known.split("/")[0]);
  return !groups.includes(apiVersion.split("/")[0]) && !KIND_NAMES.has(kind) &&
    suggestion(apiVersion, Object.keys(KINDS)) === "";
}

/** A file: its documents, and where things are in it. */
interface ReadFile {
  found: readonly ConfigDocument[];
  places?: Places;
  source: string;
}

/** Reads and checks the documents of a file that are of the kinds given, by kind. */
function readDocuments(
  { found, places, source }: ReadFile,
  kinds: readonly string[],
  problems: FieldErrors,
  options: LoadOptions,
): Documents {
  const documents: Documents = Object.create(null);
  const old: string[] = [];
  for (const document of found) {
    const { apiVersion, kind, body } = document;
    const wrong = kindProblem(document, options);
    if (wrong === undefined && !kinds.includes(kind) || isForeign(document) && !options.validating) {
      if (!options.validating) {
        problems.warn(kind, `this command does not read ${apiVersion} ${kind}; it is passed over`);
      }
      continue;
    }
    if (wrong !== undefined) problems.add(kind, wrong);
    else if (documents[kind]) {
      problems.put({ where: kind, what: "occurs twice in the file", source, ...places?.find(document.index, "") });
    }
    const schema = wrong === undefined ? READABLE[apiVersion]![kind] : undefined;
    documents[kind] ??= schema ? checkShape(schema, body, kind, problems.add) as Record<string, unknown> : {};
    if (schema && Object.hasOwn(OLD_KINDS, apiVersion)) {
      old.push(kind);
      if (apiVersion !== `${KUBEADM}v1` && !options.allowDeprecated) {
        problems.warn(
          kind,
          `apiVersion ${apiVersion} is deprecated; kubewright config migrate writes ${KUBEADM_VERSION}`,
        );
      }
    }
  }
  convertOld(documents, old, problems.warn);
  return documents;
}

/** Finds field paths such as `ClusterConfiguration.dns` in the file. */
function locator({ found, places, source }: ReadFile): Locate {
  return (path, at) => {
    const kind = /^[^.[]*/.exec(path)![0];
    const document = found.find((candidate) => candidate.kind === kind);
    const place = document && places?.find(document.index, path.slice(kind.length), at);
    return place && { source, ...place };
  };
}

/**
 * The file's documents with the flags' values in them, and what is wrong so far.
 * @param wanted the kinds of which the file has to have one.
 * @param besides further kinds that are read where they are there.
 * @throws {InvalidInput} when the text cannot be read, or has none of the kinds wanted.
 */
export function openDocuments(
  text: string | undefined,
  source: string,
  settings: Settings,
  wanted: readonly string[],
  options: LoadOptions = {},
  besides: readonly string[] = [],
): { documents: Documents; problems: FieldErrors } {
  let origins: ReadonlyMap<string, string> = new Map();
  const file: ReadFile = text === undefined
    ? { found: [], source }
    : { found: parseDocuments(text, source), places: placesIn(text), source };
  const problems = new FieldErrors(
    (path) => placeIn(origins, settings, text !== undefined)(path),
    locator(file),
    options.warn,
    summary(source, text !== undefined),
    labelIn(settings),
  );
  const documents = readDocuments(file, [...wanted, ...besides], problems, options);
  if (text !== undefined && wanted.length > 0 && !wanted.some((kind) => documents[kind])) {
    throw new InvalidInput(`Cannot use "${source}": it has no ${wanted.join(" and no ")}`, problems.all, {
      hint: `Add a document with apiVersion: ${KUBEADM_VERSION} and kind: ${shellWord(wanted[0] ?? "")}.`,
    });
  }
  problems.settle();
  const unreadable: [string, string][] = [];
  origins = applySettings(documents, settings, (path, what) => unreadable.push([path, what]));
  readTexts(documents, problems.add);
  problems.settle();
  for (const [path, what] of unreadable) problems.add(path, what);
  return { documents, problems };
}

/** Reads the texts of kubeadm's kinds, in place. */
export function readTexts(documents: Documents, report: Report): void {
  for (const [kind, schema] of Object.entries(KUBEADM_KINDS)) {
    if (documents[kind]) documents[kind] = readValues(schema, documents[kind], kind, report);
  }
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
