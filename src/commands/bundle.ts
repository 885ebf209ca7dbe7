/**
 * `bundle`: everything that a cluster runs, in one file, for hosts without a network.
 * @module
 */
import { checkBundle, type CheckedBundle } from "../bundle/check.ts";
import { sha256Hashes } from "../bundle/hash.ts";
import { ARCHITECTURES, BadBundle, type BundleFile, type BundleManifest } from "../bundle/manifest.ts";
import { indexText, LAYOUT_TEXT } from "../bundle/oci.ts";
import { type BundleReader, readBundle } from "../bundle/read.ts";
import { bundleSize, writeBundle } from "../bundle/write.ts";
import { ADDONS } from "../cluster/addons/table.ts";
import { controlPlaneImages } from "../cluster/control_plane/images.ts";
import type { InitConfiguration } from "../config/types.ts";
import { mustBeOneOf } from "../config/wording.ts";
import { InvalidInput, UserError } from "../errors.ts";
import { type ConfigurationRequest, loadForAnyHost } from "../node/any_host_config.ts";
import { openPlace, type Place, programOf, readInputs, selectImages } from "../node/bundle_inputs.ts";
import { loadBundle } from "../phases/load_bundle.ts";
import type { Host } from "../system.ts";
import type { CommandContext, Outcome } from "./command_context.ts";
import { gatherFacts } from "../node/facts.ts";

/** Programs that a bundle holds. */
const PROGRAMS = ["kubelet", "kubectl"] as const;

/** What `bundle create` is asked for. */
export interface CreateRequest extends ConfigurationRequest {
  /** Archives of images, programs, and directories of both. */
  from: readonly string[];
  output: string;
  /** Absent where the program was built for none. */
  architecture: string | undefined;
}

/** Every image that a cluster of this configuration runs, with the pod network that kubewright installs. */
function imagesOf({ cluster }: InitConfiguration): string[] {
  return [...controlPlaneImages(cluster), ...ADDONS.flannel.images(cluster)];
}

/** `bundle create`: one file that holds all that a configuration needs, or nothing. */
export async function create(command: CommandContext, request: CreateRequest): Promise<Outcome> {
  const { host } = command.system;
  const { output } = request;
  const architecture = ARCHITECTURES.find((one) => one === request.architecture);
  const problems = [
    ...architecture === undefined
      ? [{ where: "--architecture", what: mustBeOneOf(ARCHITECTURES, request.architecture) }]
      : [],
    ...request.from.length === 0 ? [{ where: "--from", what: "is required: archives, programs and directories" }] : [],
  ];
  if (architecture === undefined || problems.length > 0) throw new InvalidInput("Cannot create the bundle:", problems);
  const config = await loadForAnyHost(command.system, request, command.warn);
  const inputs = await readInputs(host, request.from, PROGRAMS);
  const selection = await creating(output, () => selectImages(host, inputs, imagesOf(config), architecture));
  const version = config.cluster.kubernetesVersion.text;
  const lacking = PROGRAMS.filter((name) => !inputs.programs.has(name));
  if (lacking.length > 0) {
    const problems = lacking.map((name) => ({ where: name, what: `not found in ${request.from.join(", ")}` }));
    throw new InvalidInput("Cannot create the bundle: programs are missing:", problems, {
      hint: "Name the directory that holds them with --from.",
    });
  }
  const newHash = await sha256Hashes();
  const programs = PROGRAMS.map((name) => programOf(name, version, inputs.programs.get(name)!));
  const places = new Map<string, Place | string>(selection.places);
  places.set("oci-layout", LAYOUT_TEXT);
  places.set("index.json", indexText(selection.images));
  for (const { name, path } of programs) places.set(path, inputs.programs.get(name)!);
  const described = async (path: string): Promise<BundleFile> => {
    const hash = newHash();
    let size = 0;
    for await (const piece of await contentOf(host, places.get(path)!)) {
      hash.update(piece);
      size += piece.length;
    }
    return { path, size, sha256: hash.digest("hex") };
  };
  const manifest: BundleManifest = {
    apiVersion: "bundle.kubewright.dev/v1",
    kind: "Bundle",
    architecture,
    kubernetesVersion: version,
    programs,
    images: selection.images,
    files: [
      await described("oci-layout"),
      await described("index.json"),
      ...selection.files,
      ...await Promise.all(programs.map(({ path }) => described(path))),
    ],
  };
  const size = bundleSize(manifest);
  const open = (path: string) => contentOf(host, places.get(path)!);
  const content = { size, open: () => ReadableStream.from(writeBundle(manifest, open, newHash)) };
  await creating(output, () => host.put({ path: output, mode: 0o644, userFile: true, content }));
  return {
    text: `${output}: ${manifest.images.length} images and ${programs.length} programs for ${version}, ${
      megabytes(size)
    }`,
    result: { path: output, size, ...summaryOf(manifest) },
  };
}

/** What reads archives for a bundle, with errors that name the bundle. */
async function creating<T>(output: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BadBundle)) throw error;
    throw new UserError(`Cannot create the bundle "${output}": ${error.message}`, {
      cause: error,
      hint: "Write the archives of its images again.",
    });
  }
}

async function contentOf(host: Host, place: Place | string): Promise<ReadableStream<Uint8Array>> {
  return typeof place === "string" ? new Blob([place]).stream() : await openPlace(host, place);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function summaryOf({ architecture, kubernetesVersion, programs, images, files }: BundleManifest) {
  return { kubernetesVersion, architecture, images, programs, files: files.length };
}

/** Opens a bundle. @throws {UserError} when it does not exist or is none. */
async function opened(host: Host, path: string): Promise<BundleReader> {
  const stream = await host.open(path);
  if (stream === undefined) throw new UserError(`Cannot read the bundle "${path}": no such file`);
  return await readBundle(stream, await sha256Hashes());
}

/** What reads a bundle, with errors that name it. */
async function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BadBundle)) throw error;
    throw new UserError(`Cannot use the bundle "${path}": ${error.message}`, {
      cause: error,
      hint: "Copy it again, and compare its SHA-256 with that of the original (sha256sum).",
    });
  }
}

async function checked(host: Host, path: string): Promise<CheckedBundle> {
  return await reading(path, async () => await checkBundle(await opened(host, path)));
}

/** `bundle inspect`: what the manifest lists; the files are not read. */
export async function inspect(command: CommandContext, path: string): Promise<Outcome> {
  const { head: { manifest } } = await reading(path, () => opened(command.system.host, path));
  const total = manifest.files.reduce((sum, { size }) => sum + size, 0);
  const text = [
    `Kubernetes ${manifest.kubernetesVersion} for linux/${manifest.architecture}, ${manifest.files.length} files, ${
      megabytes(total)
    }`,
    ...manifest.images.map(({ name, digest }) => `image    ${name}@${digest}`),
    ...manifest.programs.map(({ name, version }) => `program  ${name} ${version}`),
  ];
  return { text: text.join("\n"), result: { path, ...summaryOf(manifest) } };
}

/** `bundle verify`: every byte, every part of every image, and, with a configuration, all that it needs. */
export async function verify(command: CommandContext, path: string, request: ConfigurationRequest): Promise<Outcome> {
  const { manifest } = await checked(command.system.host, path);
  const config = await loadForAnyHost(command.system, request, command.warn);
  const isAsked = request.configText !== undefined || (request.settings.assignments ?? []).length > 0;
  const held = new Set(manifest.images.map(({ name }) => name));
  const missing = isAsked ? imagesOf(config).filter((name) => !held.has(name)) : [];
  if (missing.length > 0) {
    const problems = missing.map((name) => ({ where: name, what: "not in the bundle" }));
    throw new InvalidInput(`The bundle "${path}" lacks images of this configuration:`, problems);
  }
  return {
    text: `${path}: ${manifest.files.length} files are intact, ${held.size} images are complete`,
    result: { path, ...summaryOf(manifest) },
  };
}

/** `bundle load`: the images into the container runtime, after the whole bundle has been verified. */
export async function load(
  command: CommandContext,
  path: string,
  { criSocket, dryRun }: { criSocket: string | undefined; dryRun: boolean },
): Promise<Outcome> {
  const system = dryRun ? command.dryRun() : command.changing();
  const bundle = await checked(system.host, path);
  const socket = criSocket ?? (await gatherFacts(system.host, system.runtime)).criSockets[0];
  if (socket === undefined) throw new UserError("Cannot load the bundle: no container runtime is running on this host");
  const store = system.imageStore(socket);
  const loaded = await reading(
    path,
    async () => await loadBundle({ store, note: command.note, bundle, reader: () => opened(system.host, path) }),
  );
  const { length } = bundle.manifest.images;
  return {
    text: dryRun ? "" : `${loaded.length} of ${length} images were imported from ${path}`,
    result: { path, imported: loaded, images: bundle.manifest.images.map(({ name }) => name), dryRun },
  };
}
