/** Whether the kubelet accepts the flags that users set. @module */
import { argument } from "../../cluster/arguments.ts";
import { EXTRA_ARGS_FILES } from "../../cluster/kubelet/unit.ts";
import { KUBELET_SERVICE } from "../../cluster/kubelet/unit.ts";
import { KUBELET_FILES, MANIFESTS_DIRECTORY } from "../../cluster/paths.ts";
import { environmentFile, flagValues, splitWords } from "../../cluster/kubelet/unit_syntax.ts";
import type { ComponentConfiguration, Facts, NodeRegistration } from "../../config/types.ts";
import { InvalidInput } from "../../errors.ts";
import { type ConfigDropIn, lastSetting, readConfigDropIns } from "../../node/kubelet/config_drop_ins.ts";
import { kubeletUnitFlag } from "../../node/kubelet/unit.ts";
import type { Host } from "../../system.ts";
import { CHECKS } from "../checks.ts";
import type { Check, Findings } from "./run.ts";

/** Where users set flags of the kubelet. */
export interface GivenFlagsContext {
  host: Host;
  nodeRegistration: Pick<NodeRegistration, "kubeletExtraArgs">;
}

interface FlagsContext extends GivenFlagsContext {
  facts: Facts;
}

/** Flags, and where they are set. */
export interface Given {
  where: string;
  words: readonly string[];
}

/** Every place where users set flags, with the flags, in the order in which the kubelet reads them. */
export async function givenFlags({ host, nodeRegistration }: GivenFlagsContext): Promise<Given[]> {
  const files = await Promise.all(EXTRA_ARGS_FILES.map(async (path): Promise<Given> => {
    const value = environmentFile(await host.readText(path) ?? "").get("KUBELET_EXTRA_ARGS") ?? "";
    return { where: `KUBELET_EXTRA_ARGS in ${path}`, words: splitWords(value) };
  }));
  const words = nodeRegistration.kubeletExtraArgs.map(({ name, value }) => `--${name}=${value}`);
  return [{ where: "nodeRegistration.kubeletExtraArgs", words }, ...files].filter(({ words }) => words.length > 0);
}

/** The error in the output of a program that failed, without the log prefix. */
function reasonIn(text: string): string | undefined {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  const telling = lines.findLast((line) => /^E\d{4} |^error:|unknown|failed|invalid/i.test(line)) ?? lines.at(-1);
  return /err="(.*)"$/.exec(telling ?? "")?.[1]?.replaceAll('\\"', '"') ?? telling?.replace(/^error: */i, "");
}

/** The kubelet reads its whole command line before it prints its version, so its flags can be verified without starting it. */
async function flagFindings(context: FlagsContext): Promise<Findings> {
  const { host, facts } = context;
  if (facts.kubeletPath === undefined || facts.kubeletVersion === undefined) return {};
  const errors: string[] = [];
  for (const { where, words } of await givenFlags(context)) {
    const { code, stdout, stderr } = await host.query({ argv: [facts.kubeletPath, ...words, "--version"] });
    if (code !== 0) {
      const reason = reasonIn(stderr) ?? reasonIn(stdout) ?? `exit code ${code}`;
      errors.push(`the kubelet (${facts.kubeletVersion}) rejects the flags in ${where}: ${reason}`);
    }
  }
  return errors.length === 0 ? {} : {
    errors,
    hint:
      "Remove the flags, or set them as fields of a KubeletConfiguration. To list the supported flags: kubelet --help",
  };
}

/** Whether the kubelet accepts the flags that users set; it does not start with an unknown one. */
export const FLAGS_CHECK: Check<FlagsContext> = { ...CHECKS.flags, look: flagFindings };

/** What the check of settings that the command depends on needs. */
interface ExpectationsContext extends GivenFlagsContext {
  nodeRegistration: NodeRegistration;
  kubelet?: ComponentConfiguration;
}

/** A flag, the value it must have, and what happens otherwise. */
interface Expectation {
  flag: string;
  /** The field of KubeletConfiguration, where one exists. */
  field?: string;
  wanted: string;
  otherwise: string;
}

/** A path without the slashes at its end; a socket's path as a URL. */
function canonical(flag: string, value: string): string {
  return flag === "container-runtime-endpoint" && value.startsWith("/")
    ? `unix://${value}`
    : value.replace(/(?<=.)\/+$/, "");
}

function expectations({ name, criSocket, kubeletExtraArgs }: NodeRegistration): Expectation[] {
  const known = (flag: string, usual: string) => argument(kubeletExtraArgs, flag) ?? usual;
  return [
    { flag: "hostname-override", wanted: name, otherwise: "the kubelet registers another node name" },
    {
      flag: "register-node",
      field: "registerNode",
      wanted: "true",
      otherwise: "the kubelet does not register the node",
    },
    {
      flag: "container-runtime-endpoint",
      field: "containerRuntimeEndpoint",
      wanted: criSocket,
      otherwise: "the kubelet uses another container runtime",
    },
    {
      flag: "cert-dir",
      wanted: known("cert-dir", KUBELET_FILES.clientCertificate.replace(/\/[^/]*$/, "")),
      otherwise: "the client certificate of the kubelet is not found",
    },
    {
      flag: "rotate-certificates",
      field: "rotateCertificates",
      wanted: known("rotate-certificates", "true"),
      otherwise: "the kubelet does not store its certificate",
    },
  ];
}

/** On a control plane node: where the kubelet must look for static pods. */
const STATIC_PODS: Expectation = {
  flag: "pod-manifest-path",
  field: "staticPodPath",
  wanted: MANIFESTS_DIRECTORY,
  otherwise: "the kubelet does not start the control plane",
};

/** Directories of further configuration (`--config-dir`), and where each is set. */
async function configDirectories(context: GivenFlagsContext, given: readonly Given[]): Promise<Map<string, string>> {
  const ofUnit = await kubeletUnitFlag(context.host, "config-dir");
  const found = new Map(ofUnit ? [[ofUnit, KUBELET_SERVICE]] : []);
  for (const { where, words } of given) {
    const directory = flagValues(words).get("config-dir");
    if (directory) found.set(directory, where);
  }
  return found;
}

/** Files of --config-dir that set another value, or that the kubelet cannot read. */
async function dropInErrors(
  context: ExpectationsContext,
  given: readonly Given[],
  wanted: readonly Expectation[],
): Promise<string[]> {
  const errors: string[] = [];
  for (const [directory, where] of await configDirectories(context, given)) {
    let dropIns: ConfigDropIn[];
    try {
      dropIns = await readConfigDropIns(context.host, directory);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      errors.push(`--config-dir=${directory} in ${where}: ${error.message}; the kubelet does not start`);
      continue;
    }
    for (const { flag, field, wanted: value, otherwise } of wanted) {
      const set = field === undefined ? undefined : lastSetting(dropIns, field);
      if (set === undefined || argument(context.nodeRegistration.kubeletExtraArgs, flag) !== undefined) continue;
      const found = String(set.value ?? "");
      if (canonical(flag, found) === canonical(flag, value)) continue;
      errors.push(`${field} is "${found}" in "${set.path}" (--config-dir), must be "${value}": ${otherwise}`);
    }
  }
  return errors;
}

async function contradictions(context: ExpectationsContext, controlPlane: boolean): Promise<Findings> {
  const { nodeRegistration, kubelet } = context;
  const wanted = [...expectations(nodeRegistration), ...controlPlane ? [STATIC_PODS] : []];
  const errors: string[] = [];
  const given = await givenFlags(context);
  for (const { where, words } of given) {
    const values = flagValues(words);
    for (const { flag, wanted: value, otherwise } of wanted) {
      const found = values.get(flag);
      if (found === undefined || canonical(flag, found || "true") === canonical(flag, value)) continue;
      errors.push(`--${flag}=${found} in ${where} must be "${value}": ${otherwise}`);
    }
  }
  errors.push(...await dropInErrors(context, given, wanted));
  const folder = kubelet?.["staticPodPath"];
  if (controlPlane && typeof folder === "string" && canonical("", folder) !== MANIFESTS_DIRECTORY && folder !== "") {
    errors.push(
      `KubeletConfiguration.staticPodPath is "${folder}", must be "${MANIFESTS_DIRECTORY}": ${STATIC_PODS.otherwise}`,
    );
  }
  return errors.length === 0 ? {} : { errors };
}

/** Whether flags or files that users set override a setting that the command depends on. */
export function expectationsCheck(controlPlane: boolean): Check<ExpectationsContext> {
  return { ...CHECKS.flags, look: (context) => contradictions(context, controlPlane) };
}
