/**
 * The compiled program on lab hosts: how scenarios run it and read what it says.
 *
 * @module
 */

import { SPECS } from "../../src/dispatch.ts";
import { conforms, eventConforms, fileOf } from "../program/conform.ts";
import { type ClusterOptions, IGNORED_PREFLIGHT_ERRORS, initConfiguration } from "./config.ts";
import type { Host } from "./host.ts";
import type { Entry } from "./listing.ts";
import type { Output } from "./process.ts";
import { binary } from "./scenario.ts";

/** Where the program is on a host. */
export const PROGRAM = "/usr/local/bin/kubewright";
/** Where its configuration is on a host. */
export const CONFIG = "/root/kubewright.yaml";
/** Everything that the program may touch, and what lies around it. */
export const WATCHED = [
  "/etc",
  "/var/lib/kubewright",
  "/var/lib/kubelet/config.yaml",
  "/var/lib/kubelet/kubeadm-flags.env",
  "/var/lib/kubelet/instance-config.yaml",
  "/usr/lib/systemd",
  "/opt",
  "/root",
];

/** One line of `--output json`. */
export type Event = { event: string } & Record<string, unknown>;

/** A token with a known value, for runs that are compared. */
export const TOKEN = "abcdef.0123456789abcdef";

/** Puts the program and a lab configuration on a host. */
export async function prepare(host: Host, options: Partial<ClusterOptions> = {}): Promise<void> {
  await host.push(await binary(), PROGRAM);
  await host.exec([PROGRAM, "version"]); // the self-extracting kind unpacks itself in its first run
  await host.write(CONFIG, initConfiguration({ address: host.address, ...options }), 0o600);
}

/** What a run of the program left. */
export interface Ran extends Output {
  events: Event[];
  seconds: number;
}

/** Runs the program with `--output json`; a failure throws unless `check` is false. */
export async function kubewright(
  host: Host,
  argv: readonly string[],
  options: { check?: boolean; stdin?: string } = {},
): Promise<Ran> {
  const start = performance.now();
  const output = await host.exec([PROGRAM, ...argv, "--output", "json"], { timeout: 400_000, ...options });
  const seconds = (performance.now() - start) / 1000;
  const events = output.stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line) as Event);
  const command = argv.slice(0, argv[1] === "phase" || argv[0] === "certs" || argv[0] === "bundle" ? 2 : 1).join(" ");
  for (const event of events) eventConforms(event, command);
  return { ...output, events, seconds };
}

/** Runs a command that answers; the documents of its answer. */
export async function answers<T = Record<string, unknown>>(host: Host, ...argv: string[]): Promise<T[]> {
  const { stdout } = await host.exec([PROGRAM, ...argv, "--output", "json"], { timeout: 60_000 });
  const documents = stdout.split(/(?<=^\})\n?/m).filter(Boolean).map((document) => JSON.parse(document));
  const end = argv.findIndex((word) => word.startsWith("-"));
  const words = argv.slice(0, end < 0 ? argv.length : end);
  const command = SPECS.find(({ name }) => name === words.slice(0, name.split(" ").length).join(" "))!.name;
  for (const document of documents) conforms(document, fileOf(command));
  return documents as T[];
}

/** `kubewright init` with the lab's configuration. */
export function init(host: Host, ...flags: string[]): Promise<Ran> {
  return kubewright(host, ["init", "--config", CONFIG, ...flags]);
}

/** The join command that `init` gave, without the program's name. */
export function joinArguments({ events }: Ran): string[] {
  const command = events.find(({ event }) => event === "result")?.["joinCommand"] as string[] | undefined;
  if (!command) throw new Error(`Cannot find the join command among ${events.length} events`);
  return command.slice(1);
}

/** `kubewright join` as that command says, on a lab host. */
export function join(host: Host, command: readonly string[], ...flags: string[]): Promise<Ran> {
  return kubewright(host, [...command, `--ignore-preflight-errors=${IGNORED_PREFLIGHT_ERRORS.join(",")}`, ...flags]);
}

/** Each change of a run as one comparable line: what is done to what, without sizes. */
export function changesOf({ events }: Ran): string[] {
  return events.filter(({ event }) => event === "change").map((change) => {
    const { event: _, bytes: _bytes, ...rest } = change;
    return JSON.stringify(rest);
  });
}

/** Lines of one list that are not in another, counting repetitions. */
export function onlyIn(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Paths that are in one listing and not the same in the other. */
export function differingPaths(before: ReadonlyMap<string, Entry>, after: ReadonlyMap<string, Entry>): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => JSON.stringify(before.get(path)) !== JSON.stringify(after.get(path))).sort();
}

/** Kinds whose objects only a person or a tool changes: their resourceVersion moves with each change. */
const STEADY_KINDS =
  "configmaps,secrets,serviceaccounts,services,roles,rolebindings,clusterroles,clusterrolebindings,namespaces";
/** Kinds that report a status: their generation moves with each change of what is wanted. */
const REPORTING_KINDS = "daemonsets,deployments";

/** All objects by name with what moves when somebody changes them; and the nodes' labels and taints. */
export async function objectsOf(host: Host): Promise<Map<string, string>> {
  const list = async (kinds: string, value: (item: ListedObject) => string) => {
    const { items } = JSON.parse(await host.kubectl("get", kinds, "-A", "-o", "json")) as { items: ListedObject[] };
    return items.map((item) =>
      [`${item.kind} ${item.metadata.namespace ?? ""}/${item.metadata.name}`, value(item)] as const
    );
  };
  const lists = await Promise.all([
    list(STEADY_KINDS, (item) => item.metadata.resourceVersion),
    list(REPORTING_KINDS, (item) => String(item.metadata.generation)),
    list("nodes", (item) => JSON.stringify([item.metadata.labels, item.spec?.taints])),
  ]);
  return new Map(lists.flat());
}

interface ListedObject {
  kind: string;
  metadata: { name: string; namespace?: string; resourceVersion: string; generation?: number; labels?: unknown };
  spec?: { taints?: unknown };
}

/** Names of objects that are not the same in two listings. */
export function differingObjects(before: Map<string, string>, after: Map<string, string>): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}
