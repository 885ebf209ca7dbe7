/** Phases of `init` and `join` undone on a host in memory, after one that fails. @module */
import assert from "node:assert/strict";
import { memoryHost, type MemoryHostOptions } from "../../tests/fakes/memory_host.ts";
import { sampleNode } from "../../tests/samples/config.ts";
import { kubeletUnitFiles } from "../cluster/kubelet/unit.ts";
import { KUBELET_FILES, manifestPath } from "../cluster/paths.ts";
import { NO_PATCHES } from "../cluster/patches/apply.ts";
import type { JoinConfiguration } from "../config/types.ts";
import type { Host } from "../system.ts";
import { bootstrapCredentials, type BootstrapKubeletContext } from "./bootstrap_kubelet.ts";
import { cell, cellsBy } from "./cell.ts";
import { controlPlane, type ControlPlaneContext, etcd } from "./control_plane.ts";
import { kubeletUnit, type KubeletUnitContext } from "./kubelet_unit.ts";
import { type Phase, runPhases } from "./phase.ts";

type Context = KubeletUnitContext & ControlPlaneContext & BootstrapKubeletContext;

const CA_PATH = "/etc/kubernetes/pki/ca.crt";
const UNITS = kubeletUnitFiles("/usr/bin/kubelet").map(({ path }) => path);
const MANIFESTS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"].map(manifestPath);

function contextOf(host: Host): Context {
  return {
    host,
    facts: { hostname: "k1", addresses: [], criSockets: [], kubeletPath: "/usr/bin/kubelet" },
    ownPaths: new Set(UNITS),
    node: sampleNode(),
    externalCA: () => Promise.resolve(false),
    patch: NO_PATCHES,
    config: { caCertPath: CA_PATH, nodeRegistration: sampleNode().registration } as JoinConfiguration,
    cluster: () =>
      Promise.resolve({
        server: "https://192.0.2.1:6443",
        caPem: "the CA\n",
        credentials: { token: "abcdef.0123456789abcdef" },
        user: "tls-bootstrap-token-user",
        clusterName: "kubernetes",
      }),
    reader: () => Promise.reject(new Error("nobody is asked")),
    rewritten: cellsBy("rewritten"),
    formerFiles: cellsBy("former file"),
    kubeletEnabled: cell("kubelet enabled by this run"),
  };
}

/** Runs the phases and one that fails; what lies at the paths before, when it fails, and afterwards, and the commands run. */
async function undone(phases: readonly Phase<Context>[], paths: readonly string[], options: MemoryHostOptions) {
  const commands: string[] = [];
  const systemctl = Object.fromEntries(
    ["enable kubelet.service", "disable --now kubelet.service", "daemon-reload"].map((
      words,
    ) => [`systemctl ${words}`, ""]),
  );
  const host = memoryHost(
    { ...options, commands: { ...systemctl, ...options.commands } },
    (change) => change.kind === "run" && commands.push(change.command.argv.join(" ")),
  );
  const look = () => Promise.all(paths.map((path) => host.readText(path)));
  const before = await look();
  let between: (string | undefined)[] = [];
  const last: Phase<Context> = {
    name: "last",
    summary: "",
    run: async () => {
      between = await look();
      throw new Error("no");
    },
  };
  const observer = { started() {}, finished() {}, failed() {} };
  const warn = (message: string) => assert.fail(message);
  const running = runPhases([...phases, last], contextOf(host), { skip: [] }, observer, { onFailure: "undo", warn });
  await assert.rejects(running, /^Error: no$/);
  return { before, between, after: await look(), commands };
}

Deno.test("undo: the kubelet's unit goes, and is no longer enabled", async () => {
  const { between, after, commands } = await undone([kubeletUnit], UNITS, {});
  assert.ok(between.every((text) => text !== undefined));
  assert.deepEqual(after, UNITS.map(() => undefined));
  assert.deepEqual(commands, [
    ...["systemctl enable kubelet.service", "systemctl disable --now kubelet.service", "systemctl daemon-reload"],
  ]);
});

Deno.test("undo: a unit of an earlier run gets its former content again, and stays enabled", async () => {
  const [unit] = kubeletUnitFiles("/usr/bin/kubelet");
  const former = `${unit!.content}# of an earlier release\n`;
  const { before, between, after, commands } = await undone([kubeletUnit], UNITS, {
    files: { [UNITS[0]!]: former },
    units: { "kubelet.service": { enabled: "enabled" } },
  });
  assert.notDeepEqual(between, before);
  assert.deepEqual(after, before);
  assert.deepEqual(commands, ["systemctl daemon-reload", "systemctl daemon-reload"]);
});

Deno.test("undo: manifests that were written go, and one that was replaced is what it was", async () => {
  const { before, between, after } = await undone([etcd, controlPlane], MANIFESTS, {
    files: { [MANIFESTS[3]!]: "the scheduler of an earlier release\n" },
  });
  assert.ok(between.every((text, i) => text !== undefined && text !== before[i]));
  assert.deepEqual(after, [undefined, undefined, undefined, "the scheduler of an earlier release\n"]);
});

Deno.test("undo: bootstrap credentials do not stay behind, nor the CA that came with them", async () => {
  const paths = [CA_PATH, KUBELET_FILES.bootstrapKubeconfig];
  const fresh = await undone([bootstrapCredentials], paths, {});
  assert.match(fresh.between[1]!, /token: abcdef\.0123456789abcdef/);
  assert.deepEqual(fresh.after, [undefined, undefined]);
});
