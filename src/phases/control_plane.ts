import { stringify } from "../config/yaml.ts";
import type { Patcher } from "../cluster/patches/apply.ts";
import { FURTHER_CA_DIRECTORIES, KUBERNETES_DIRECTORY, manifestPath, MANIFESTS_DIRECTORY } from "../cluster/paths.ts";
import { proxyEnvironment, staticPods } from "../cluster/control_plane/static_pods.ts";
import type { StaticPod } from "../cluster/control_plane/pod.ts";
import type { ControlPlaneNode } from "../cluster/control_plane/node.ts";
import type { CellsBy } from "./cell.ts";
import { type FormerFilesContext, undoFiles, writeKeeping } from "./former_files.ts";
import type { Phase } from "./phase.ts";

/** What writing static pod manifests needs. */
export interface ControlPlaneContext extends FormerFilesContext {
  node: ControlPlaneNode;
  /** Whether the key of the CA is kept outside this host. */
  externalCA(): Promise<boolean>;
  /** When the existing manifest of a component was changed: its old container keeps running for a while. */
  rewritten: CellsBy<Date>;
  /** The user's patches. */
  patch: Patcher;
}

/** Mode of manifests (CIS 1.1.1) and of their directory. */
const MODE = { manifest: 0o600, directory: 0o700, dataDirectory: 0o700 };

/** The static pods of this host, with the patches of the user applied. */
export async function patchedStaticPods(
  context: Omit<ControlPlaneContext, "rewritten" | "formerFiles">,
): Promise<StaticPod[]> {
  const { host, node, externalCA, patch } = context;
  const present = await Promise.all(FURTHER_CA_DIRECTORIES.map((path) => host.stat(path)));
  const pods = staticPods(node, {
    caDirectories: FURTHER_CA_DIRECTORIES.filter((_, i) => present[i] !== undefined),
    proxyEnvironment: proxyEnvironment(host.environment()),
    externalCA: await externalCA(),
  });
  return pods.map((pod) => patch(pod.metadata.name, pod));
}

async function writeManifest(context: ControlPlaneContext, component: string): Promise<void> {
  const { host, rewritten } = context;
  const pod = (await patchedStaticPods(context)).find((candidate) => candidate.metadata.name === component);
  if (!pod) return;
  await host.makeDirectory(KUBERNETES_DIRECTORY, 0o755);
  await host.makeDirectory(MANIFESTS_DIRECTORY, MODE.directory);
  const manifest = stringify(pod);
  const before = await host.readText(manifestPath(component));
  if (before !== undefined && before !== manifest) rewritten(component).set(host.now());
  await writeKeeping(context, manifestPath(component), manifest, MODE.manifest);
}

/** Without its manifest the kubelet stops the pod. */
async function undoManifest(context: ControlPlaneContext, component: string): Promise<void> {
  await undoFiles(context, [manifestPath(component)]);
}

function manifestPhase(name: string, component: string): Phase<ControlPlaneContext> {
  return {
    name,
    summary: `write the static pod manifest of ${component}`,
    run: (context) => writeManifest(context, component),
    undo: (context) => undoManifest(context, component),
  };
}

/** The local etcd member: its data directory, readable by root alone, and its manifest. */
export const etcd: Phase<ControlPlaneContext> = {
  name: "etcd",
  summary: "create the local etcd member",
  when: ({ node }) => node.cluster.etcd.local !== undefined,
  phases: [{
    name: "local",
    summary: "create the data directory and write the static pod manifest of etcd",
    async run(context) {
      await context.host.makeDirectory(context.node.cluster.etcd.local!.dataDir, MODE.dataDirectory);
      await writeManifest(context, "etcd");
    },
    // The data is kept, because it may belong to an earlier run.
    undo: (context) => undoManifest(context, "etcd"),
  }],
};

/** API server, controller manager, scheduler. */
export const controlPlane: Phase<ControlPlaneContext> = {
  name: "control-plane",
  summary: "write the static pod manifests of the control plane",
  phases: [
    manifestPhase("apiserver", "kube-apiserver"),
    manifestPhase("controller-manager", "kube-controller-manager"),
    manifestPhase("scheduler", "kube-scheduler"),
  ],
};
