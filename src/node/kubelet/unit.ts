/** The kubelet unit that a host already has, and whether it can be used. Observes, never changes. @module */
import type { Problem } from "../../errors.ts";
import type { Host } from "../../system.ts";
import { KUBELET_SERVICE, kubeletUnitFiles } from "../../cluster/kubelet/unit.ts";
import type { UnitPart } from "../../cluster/kubelet/unit_syntax.ts";
import { conditionsOf, type UnitCondition } from "./conditions.ts";
import { judgeKubeletUnit, kubeletUnitProblem, unitFlags } from "./unit_verdict.ts";

/** A file to write. */
export interface UnitFile {
  path: string;
  content: string;
  mode: number;
}

/**
 * Where systemd looks for units: the first one found wins; drop-ins come from all directories.
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#Unit%20File%20Load%20Path
 */
const UNIT_DIRECTORIES = [
  ...["/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient"],
  ...["/run/systemd/generator.early", "/etc/systemd/system", "/etc/systemd/system.attached"],
  ...["/run/systemd/system", "/run/systemd/system.attached", "/run/systemd/generator"],
  ...["/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system", "/run/systemd/generator.late"],
];

/** A unit and its drop-ins, in the order in which systemd reads them. */
interface Present {
  unit?: UnitPart;
  dropIns: UnitPart[];
}

async function readPart(host: Host, path: string): Promise<UnitPart | undefined> {
  const content = await host.readText(path);
  return content === undefined ? undefined : { path, content };
}

/** What the host has. For drop-ins of one name the first directory wins, and one for this unit over one for all services. */
async function presentUnit(host: Host): Promise<Present> {
  const folders = [`${KUBELET_SERVICE}.d`, "service.d"].flatMap((folder) =>
    UNIT_DIRECTORIES.map((directory) => `${directory}/${folder}`)
  );
  const [units, listings] = await Promise.all([
    Promise.all(UNIT_DIRECTORIES.map((directory) => readPart(host, `${directory}/${KUBELET_SERVICE}`))),
    Promise.all(folders.map(async (folder) => (await host.list(folder)).filter((name) => name.endsWith(".conf")))),
  ]);
  const paths = new Map<string, string>();
  listings.forEach((names, i) => {
    for (const name of names) if (!paths.has(name)) paths.set(name, `${folders[i]}/${name}`);
  });
  const ordered = [...paths].sort(([a], [b]) => a < b ? -1 : 1).map(([, path]) => path);
  const dropIns = (await Promise.all(ordered.map((path) => readPart(host, path)))).filter((part) => part !== undefined);
  const unit = units.find((part) => part !== undefined);
  return { ...(unit ? { unit } : {}), dropIns };
}

/** The same after our files are written. */
function withFiles({ unit, dropIns }: Present, [ownUnit, ownDropIn]: readonly (UnitFile | undefined)[]): Present {
  const name = (path: string) => path.slice(path.lastIndexOf("/") + 1);
  const others = ownDropIn ? dropIns.filter(({ path }) => name(path) !== name(ownDropIn.path)) : dropIns;
  const all = ownDropIn ? [...others, ownDropIn] : others;
  const chosen = ownUnit ?? unit;
  return {
    ...(chosen ? { unit: chosen } : {}),
    dropIns: all.toSorted((a, b) => name(a.path) < name(b.path) ? -1 : 1),
  };
}

/**
 * The unit files to write: ours, unless the host has a unit that reads the files that we write. The Kubernetes packages
 * bring such a unit, and administrators write their own; a unit that is not ours is kept or refused, never replaced. The
 * unit is judged with every drop-in, as systemd will load it.
 * @param ownPaths paths that an earlier run of this program created on this host.
 * @returns also the problem when the kubelet would not read our files.
 */
export async function inspectKubeletUnit(
  host: Host,
  kubeletPath: string,
  ownPaths: ReadonlySet<string>,
): Promise<{ files: UnitFile[]; problem?: Problem }> {
  const ours = kubeletUnitFiles(kubeletPath);
  const [ownUnit, ownDropIn] = ours as [UnitFile, UnitFile];
  const present = await presentUnit(host);
  const masked = present.unit?.path === ownUnit.path && present.unit.content === "";
  if (masked) return { files: ours }; // The check of the service reports it.
  const isOwn = (file: UnitFile) => ownPaths.has(file.path);
  const judged = present.unit ? await judgeKubeletUnit(host, kubeletPath, present.unit, present.dropIns) : undefined;
  if (present.unit && !judged && !ours.some(isOwn)) return { files: [] };
  if (judged && present.unit?.path === ownUnit.path && !isOwn(ownUnit)) return { files: [], problem: judged };
  const isForeign = present.dropIns.some(({ path }) => path === ownDropIn.path) && !isOwn(ownDropIn);
  const files = isForeign ? [ownUnit] : ours;
  const after = withFiles(present, [ownUnit, isForeign ? undefined : ownDropIn]);
  const problem = await judgeKubeletUnit(host, kubeletPath, after.unit!, after.dropIns);
  if (!problem) return { files };
  // Our unit alone starts a kubelet without flags: the other drop-in of that name is the one that must add them.
  const where = isForeign && problem.where === ownUnit.path ? ownDropIn.path : problem.where;
  return { files, problem: where === problem.where ? problem : kubeletUnitProblem(where, problem.what) };
}

/** The conditions of the present unit. */
export async function kubeletConditions(host: Host): Promise<UnitCondition[]> {
  const { unit, dropIns } = await presentUnit(host);
  return conditionsOf(unit ? [unit, ...dropIns] : dropIns);
}

/** The value of a kubelet flag in the present unit; undefined when it is not set. */
export async function kubeletUnitFlag(host: Host, flag: string): Promise<string | undefined> {
  const { unit, dropIns } = await presentUnit(host);
  return unit && (await unitFlags(host, unit, dropIns)).get(flag);
}
