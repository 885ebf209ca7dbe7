/**
 * Reads the documents of a file, adds the values of flags, and reports problems: the first and last step of all loaders.
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
import { deprecated, duplicate, quoted, unknown } from "./wording.ts";

/** How a configuration is read. */
export interface LoadOptions {
  /** Receives warnings, one sentence each. */
  warn?: (message: string) => void;
  /** Whether documents of deprecated versions are read without a warning. */
  allowDeprecated?: boolean;
  /** Whether documents of experimental versions are read, and the flag that allows them; absent: no flag does. */
  experimental?: { allowed: boolean; label: string };
  /** The file is only validated: unknown kinds are errors, and documents of other commands cause no warning. */
  validating?: boolean;
  /** The target host is unknown: values that are read from the host may be missing. */
  anyHost?: boolean;
  /** `skipPhases` has no effect: no phase is run. */
  noPhases?: boolean;
  /** The command uses no container runtime, so that none of several has to be chosen. */
  anyRuntime?: boolean;
}

const KUBEADM = "kubeadm.k8s.io/";

/** The version that is written; older and experimental versions are converted to it. */
export const KUBEADM_VERSION = `${KUBEADM}v1beta4`;

/** Every kind that a configuration file may hold, by apiVersion. */
export const KINDS: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  [KUBEADM_VERSION]: KUBEADM_KINDS,
  "kubelet.config.k8s.io/v1beta1": { KubeletConfiguration: KUBELET_CONFIGURATION },
  "kubeproxy.config.k8s.io/v1alpha1": { KubeProxyConfiguration: KUBE_PROXY_CONFIGURATION },
};

/** {@linkcode KINDS} and the versions that are converted. */
const READABLE: typeof KINDS = { ...KINDS, ...OLD_KINDS };

/** The names of all kinds. */
const KIND_NAMES: ReadonlySet<string> = new Set(Object.values(KINDS).flatMap(Object.keys));

/** Why a document cannot be read; undefined when it can. */
function kindProblem({ apiVersion, kind }: ConfigDocument, options: LoadOptions): string | undefined {
  const kinds = Object.hasOwn(READABLE, apiVersion) ? READABLE[apiVersion]! : undefined;
  const group = apiVersion.slice(0, apiVersion.lastIndexOf("/") + 1);
  const current = Object.keys(KINDS).find((known) => group !== "" && known.startsWith(group));
  if (!kinds && group === KUBEADM && /v1(alpha[123]|beta[12])$/.test(apiVersion)) {
    return `unsupported apiVersion ${quoted(apiVersion)}; use ${quoted(KUBEADM_VERSION)}, ` +
      "or convert the file with `kubeadm config migrate` of a release that supports both";
  }
  if (!kinds) {
    return current === undefined
      ? unknown("apiVersion", apiVersion, Object.keys(KINDS))
      : `${unknown("apiVersion", apiVersion)}; use ${quoted(current)}`;
  }
  if (!Object.hasOwn(kinds, kind)) {
    return unknown(`${apiVersion} kind`, kind, Object.keys(kinds));
  }
  if (apiVersion === `${KUBEADM}v1` && !options.experimental?.allowed) {
    const or = options.experimental ? `, or set ${options.experimental.label}` : "";
    return `apiVersion ${quoted(apiVersion)} is experimental; use ${quoted(KUBEADM_VERSION)}${or}`;
  }
  return undefined;
}

/** Whether a document is for another program: neither its group nor its kind is in {@linkcode KINDS}. */
function isForeign({ apiVersion, kind }: ConfigDocument): boolean {
  const groups = Object.keys(KINDS).map((known) => known.split("/")[0]);
  return !groups.includes(apiVersion.split("/")[0]) && !KIND_NAMES.has(kind) &&
    suggestion(apiVersion, Object.keys(KINDS)) === "";
}

/** A file: its documents, and the places of their fields. */
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
        problems.warn(kind, `${apiVersion} ${kind} is ignored; this command does not read it`);
      }
      continue;
    }
    if (wrong !== undefined) problems.add(kind, wrong);
    else if (documents[kind]) {
      problems.put({ where: kind, what: duplicate(kind, "document"), source, ...places?.find(document.index, "") });
    }
    const schema = wrong === undefined ? READABLE[apiVersion]![kind] : undefined;
    documents[kind] ??= schema ? checkShape(schema, body, kind, problems.add) as Record<string, unknown> : {};
    if (schema && Object.hasOwn(OLD_KINDS, apiVersion)) {
      old.push(kind);
      if (apiVersion !== `${KUBEADM}v1` && !options.allowDeprecated) {
        problems.warn(
          kind,
          `${deprecated(`apiVersion ${quoted(apiVersion)}`, quoted(KUBEADM_VERSION))}; ` +
            "to convert the file, run kubewright config migrate",
        );
      }
    }
  }
  convertOld(documents, old, problems.warn);
  return documents;
}

/** Finds the places of field paths such as `ClusterConfiguration.dns` in the file. */
function locator({ found, places, source }: ReadFile): Locate {
  return (path, at) => {
    const kind = /^[^.[]*/.exec(path)![0];
    const document = found.find((candidate) => candidate.kind === kind);
    const place = document && places?.find(document.index, path.slice(kind.length), at);
    return place && { source, ...place };
  };
}

/**
 * The documents of the file with the values of flags, and the problems found so far.
 * @param wanted the kinds of which the file must have at least one.
 * @param optional further kinds that are read if present.
 * @throws {InvalidInput} when the text cannot be read, or has none of the wanted kinds.
 */
export function openDocuments(
  text: string | undefined,
  source: string,
  settings: Settings,
  wanted: readonly string[],
  options: LoadOptions = {},
  optional: readonly string[] = [],
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
  const documents = readDocuments(file, [...wanted, ...optional], problems, options);
  if (text !== undefined && wanted.length > 0 && !wanted.some((kind) => documents[kind])) {
    throw new InvalidInput(`Cannot use "${source}": no ${wanted.join(" or ")} found`, problems.all, {
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

/** Parses the texts of kubeadm's kinds, in place. */
export function readTexts(documents: Documents, report: Report): void {
  for (const [kind, schema] of Object.entries(KUBEADM_KINDS)) {
    if (documents[kind]) documents[kind] = readValues(schema, documents[kind], kind, report);
  }
}

/** The same value, frozen with all its parts. */
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
