/**
 * The whole program on a host in memory: what it prints and how it ends, without a machine.
 *
 * @module
 */

import { fake } from "../fakes/fake.ts";
import "../fakes/rsa_keys.ts";
import { SPECS } from "../../src/dispatch.ts";
import { outputIn } from "../../src/cli/output.ts";
import { memoryHost, type MemoryHostOptions } from "../fakes/memory_host.ts";
import { main } from "../../src/main.ts";
import type { Change, ContainerRuntime, Host, KubeClient, System } from "../../src/system.ts";
import { SOURCE_BUILD } from "../../src/version.ts";
import { conforms, eventConforms, fileOf } from "./conform.ts";
import { noteUse } from "./used_flags.ts";
import { KubeError, UNREACHABLE } from "../../src/system/kube_error.ts";

/** What a run left. */
export interface Ran {
  code: number;
  out: string;
  err: string;
  /** Lines of `out` as JSON; empty where they are not. */
  events: Record<string, unknown>[];
  /** The JSON documents, each on lines of its own, that `out` holds; empty where it holds none. */
  documents: Record<string, unknown>[];
  /** What was really changed on the host: nothing in a dry run. */
  changes: Change[];
  /** What a file of the host holds then. */
  readText(path: string): Promise<string | undefined>;
  /** The same as bytes. */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** Parts of the outside world that are otherwise than nobody there. */
export interface World extends Partial<Omit<System, "host" | "stdin">> {
  /** Hears every line of standard output when it is written. */
  heard?(line: string): void;
}

const KUBELET = "/usr/bin/kubelet";
const SOCKET = "/var/run/containerd/containerd.sock";
const ROUTES = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n" +
  "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n";

/** A configuration whose keys cost nothing. */
export const QUICK = "/etc/quick.yaml";

/** A host on which every preflight check passes, as far as memory has it. */
export const FIT: MemoryHostOptions = {
  files: {
    [QUICK]: "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nencryptionAlgorithm: ECDSA-P256\n",
    [KUBELET]: "",
    [SOCKET]: "",
    "/usr/bin/mount": "",
    "/usr/bin/losetup": "",
    "/usr/bin/cp": "",
    "/opt/cni/bin/bridge": "",
    "/opt/cni/bin/host-local": "",
    "/opt/cni/bin/loopback": "",
    "/opt/cni/bin/portmap": "",
    "/run/systemd/system/x": "",
    "/proc/net/route": ROUTES,
    "/proc/swaps": "Filename\tType\n",
    "/proc/meminfo": "MemTotal: 8000000 kB\n",
    "/proc/sys/net/ipv4/ip_forward": "1\n",
    "/sys/fs/cgroup/cgroup.controllers": "cpuset cpu io memory hugetlb pids\n",
  },
  environment: { PATH: "/usr/bin" },
  commands: { [`${KUBELET} --version`]: "Kubernetes v1.37.2\n" },
};

/** The fit host with some things otherwise; files are added, `undefined` takes one away. */
export function unfit(
  changes: MemoryHostOptions,
  files: Readonly<Record<string, string | Uint8Array | undefined>> = {},
): MemoryHostOptions {
  const entries = Object.entries({ ...FIT.files, ...files }).filter(([, content]) => content !== undefined);
  return { ...FIT, ...changes, files: Object.fromEntries(entries) as Record<string, string | Uint8Array> };
}

const nobody = () =>
  Promise.reject(new KubeError("there is no network in this test", { status: 0, reason: UNREACHABLE }));

/** A client of an API server that is not there. */
export function noServer(server: string): KubeClient {
  return { server, probe: nobody, get: nobody, list: nobody, apply: nobody, patch: nobody, delete: nobody };
}

/** A container runtime that has every image, and runs nothing. */
export const RUNTIME = fake<ContainerRuntime>("container runtime", {
  socket: `unix://${SOCKET}`,
  status: () => Promise.resolve([{ type: "RuntimeReady", status: true, reason: "", message: "" }]),
  version: () => Promise.resolve({ runtimeName: "x", runtimeVersion: "1", runtimeApiVersion: "v1" }),
  cgroupDriver: () => Promise.resolve(undefined),
  hasImage: () => Promise.resolve(true),
  sandboxes: () => Promise.resolve([]),
  containers: () => Promise.resolve([]),
  images: () => Promise.resolve([]),
});

/** JSON documents one after the other, each ending with a line `}`. */
export function jsonDocuments(text: string): Record<string, unknown>[] {
  return text.split(/(?<=^\})\n/m).filter(Boolean).map((document) => JSON.parse(document));
}

/** Every event and every document that a test gets is held against `schemas/`. */
function holdAgainstSchemas(args: readonly string[], out: string, err: string): void {
  const words = `${args.join(" ")} `;
  const command = SPECS.filter(({ name }) => words.startsWith(`${name} `))
    .reduce((longest, { name }) => name.length > longest.length ? name : longest, "");
  for (const line of `${out}\n${err}`.split("\n").filter((line) => line.startsWith('{"event":'))) {
    eventConforms(JSON.parse(line), command);
  }
  if (outputIn(args) === "json" && out.startsWith("{\n")) {
    for (const document of jsonDocuments(out)) conforms(document, fileOf(command));
  }
}

/** Runs the program with these arguments; nothing outside of memory is there. */
export async function run(
  args: readonly string[],
  host: MemoryHostOptions = FIT,
  stdin = "",
  world: World = {},
): Promise<Ran> {
  noteUse(args);
  let [out, err] = ["", ""];
  const changes: Change[] = [];
  const { heard, ...outside } = world;
  let memory: Host | undefined;
  const code = await main(args, (events): System => ({
    host: memory = memoryHost(host, (change) => {
      changes.push(change);
      events.change(change);
    }),
    connect: ({ server }) => noServer(server),
    runtime: () => RUNTIME,
    imageStore: () => ({ has: nobody, image: nobody, write: nobody, tag: nobody }),
    etcd: (endpoint) => ({ endpoint, members: nobody, removeMember: nobody }),
    unverified: { get: nobody },
    download: { get: nobody, toFile: nobody },
    stdin: () => Promise.resolve(new TextEncoder().encode(stdin)),
    readLine: () => Promise.resolve(stdin.split("\n")[0] || undefined),
    terminal: { out: false, err: false, columns: () => 80 },
    out(line) {
      out += `${line}\n`;
      heard?.(line);
    },
    err: (text) => void (err += text),
    ...outside,
  }), SOURCE_BUILD);
  holdAgainstSchemas(args, out, err);
  const events = out.startsWith('{"') ? out.trim().split("\n").map((line) => JSON.parse(line)) : [];
  const documents = out.startsWith("{\n") ? jsonDocuments(out) : [];
  const readers = {
    readText: async (path: string) => await memory?.readText(path),
    read: async (path: string) => await memory?.read(path),
  };
  return { code, out, err, events, changes, documents, ...readers };
}
