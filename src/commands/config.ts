import {
  COMPONENT_DEFAULTS,
  initDefaults,
  joinDefaults,
  resetDefaults,
  upgradeDefaults,
} from "../cluster/config_defaults.ts";
import { controlPlaneNode } from "../cluster/control_plane/node.ts";
import { controlPlaneImages } from "../cluster/control_plane/images.ts";
import { SUPPORTED } from "../cluster/versions.ts";
import { ANY_HOST, type CheckOptions, convertFile } from "../config/check_file.ts";
import type { Document } from "../config/serialize_kinds.ts";
import { mustBeOneOf } from "../config/wording.ts";
import { stringify } from "../config/yaml.ts";
import { InvalidInput } from "../errors.ts";
import { images } from "../phases/images.ts";
import type { CommandContext, Outcome } from "./command_context.ts";
import { type ConfigurationRequest, loadForAnyHost } from "../node/any_host_config.ts";
import { gatherFacts } from "../node/facts.ts";

/** The content of a configuration file. */
export interface ConfigFile {
  text: string;
  /** Its name in messages: the path. */
  name: string;
}

function asYaml(documents: readonly Document[]): string {
  return documents.map((document) => stringify(document)).join("---\n");
}

function documentsOutcome(documents: readonly Document[]): Outcome {
  return { text: asYaml(documents).trimEnd(), result: documents };
}

/** The kinds whose defaults can be printed, by the command's last word without `-defaults`. */
const DEFAULTS: Readonly<Record<string, (hostname: string) => Document[]>> = {
  init: initDefaults,
  join: joinDefaults,
  reset: resetDefaults,
  upgrade: upgradeDefaults,
};

/**
 * `config print init-defaults` and its like.
 * @param kind `init`, `join`, `reset` or `upgrade`.
 * @param components kinds of component configurations to print after it.
 * @throws {InvalidInput} for an unknown component.
 */
export function printDefaults(command: CommandContext, kind: string, components: readonly string[]): Outcome {
  const known = Object.keys(COMPONENT_DEFAULTS);
  const problems = components.filter((name) => !known.includes(name)).map((name) => ({
    where: "--component-configs",
    what: mustBeOneOf(known, name),
  }));
  if (problems.length > 0) throw new InvalidInput("Cannot print defaults:", problems);
  const hostname = command.system.host.hostname().trim().toLowerCase();
  return documentsOutcome([
    ...DEFAULTS[kind]!(hostname),
    ...components.map((name) => COMPONENT_DEFAULTS[name]!()),
  ]);
}

/** `config validate`: every problem of every document at once. It does not depend on this host. */
export function validate(command: CommandContext, { text, name }: ConfigFile, options: CheckOptions): Outcome {
  const warnings: string[] = [];
  const warn = (message: string) => {
    warnings.push(message);
    command.warn(message);
  };
  convertFile(text, name, ANY_HOST, SUPPORTED, { ...options, warn });
  return { text: "ok", result: { valid: true, warnings } };
}

/** `config migrate`: the file in the current version, with all defaults; printed, or written to `newPath`. */
export async function migrate(
  command: CommandContext,
  { text, name }: ConfigFile,
  { newPath, dryRun, ...options }: CheckOptions & { newPath: string | undefined; dryRun: boolean },
): Promise<Outcome> {
  const facts = await gatherFacts(command.system.host, command.system.runtime);
  const documents = convertFile(text, name, facts, SUPPORTED, {
    allowDeprecated: true,
    ...options,
    warn: command.warn,
  });
  if (newPath === undefined) return documentsOutcome(documents);
  const { host } = dryRun ? command.dryRun() : command.system;
  // It may hold a token or a certificate key.
  await host.put({ path: newPath, mode: 0o600, secret: true, userFile: true, content: asYaml(documents) });
  const kinds = documents.map(({ kind }) => kind);
  return { text: `${newPath}: ${kinds.join(", ")}`, result: { path: newPath, kinds, dryRun } };
}

function imagesResult(names: readonly string[]): Record<string, unknown> {
  return { kind: "Images", apiVersion: "output.kubeadm.k8s.io/v1alpha3", images: names };
}

/** `config images list`: the images that a control plane of this configuration runs. */
export async function listImages(command: CommandContext, request: ConfigurationRequest): Promise<Outcome> {
  const config = await loadForAnyHost(command.system, request, command.warn);
  const names = controlPlaneImages(config.cluster);
  return { text: names.join("\n"), result: imagesResult(names) };
}

/** `config images pull`: pulls the same images, also those that exist. */
export async function pullImages(command: CommandContext, request: ConfigurationRequest): Promise<Outcome> {
  const config = await loadForAnyHost(command.system, request, command.warn, command.system.runtime);
  const { dryRun } = config;
  const system = dryRun ? command.dryRun() : command.system;
  const runtime = system.runtime(config.nodeRegistration.criSocket);
  await runtime.version(); // a runtime that does not answer is reported once, not for every image
  const node = controlPlaneNode({
    ...config,
    nodeRegistration: { ...config.nodeRegistration, imagePullPolicy: "Always" },
  });
  await images.run!({ node, dryRun, podNetwork: { kind: "none" }, runtime, note: command.note, warn: command.warn });
  const names = controlPlaneImages(config.cluster);
  if (dryRun) return { text: "", result: imagesResult(names) };
  return { text: names.map((name) => `pulled ${name}`).join("\n"), result: imagesResult(names) };
}
