/**
 * The kubelet as a systemd service. Both files are in /etc/systemd/system: it is writable where /usr is not, takes precedence
 * over a distribution's unit, and a drop-in of the same name replaces the package's (systemd.unit(5)). The drop-in has the
 * four variables of the kubeadm package in their order, which kubeadm and users' own `KUBELET_EXTRA_ARGS` rely on.
 * @see https://github.com/kubernetes/release/blob/master/cmd/krel/templates/latest/kubeadm/10-kubeadm.conf
 * @module
 */
import { KUBELET_FILES } from "../paths.ts";

/** Name of the service. */
export const KUBELET_SERVICE = "kubelet.service";

/** A unit file: sections in order, each with its settings in order; a name may occur more than once. */
type Unit = readonly (readonly [section: string, settings: readonly (readonly [name: string, value: string])[]])[];

/** Files with the user's own flags, by family of distributions; each may be absent. */
export const EXTRA_ARGS_FILES = ["/etc/default/kubelet", "/etc/sysconfig/kubelet"];

/**
 * The unit file and the drop-in for the kubelet at `path`. Mode 0644: they contain no secret.
 * - `After=` the supported runtimes: not to wait for them (the kubelet retries), but so that it stops before them at
 *   shutdown. Names of missing units have no effect.
 * - `ConditionPathExists=`: without a configuration, the usual unit fails every ten seconds; this one is skipped, and the
 *   `restart` after writing the configuration starts it without a back-off.
 * - `StartLimitIntervalSec=0`, `Restart=always`: a node must recover however often its kubelet has failed.
 * - `Type=exec`: `systemctl start` fails when the program cannot be run. Not `notify`: a kubelet is ready only when it has
 *   its identity, which may require a manual approval.
 */
export function kubeletUnitFiles(path: string): { path: string; content: string; mode: number }[] {
  const kubelet = quoted(path);
  const unit: Unit = [
    ["Unit", [
      ["Description", "kubelet: The Kubernetes Node Agent"],
      ["Documentation", "https://kubernetes.io/docs/"],
      ["Wants", "network-online.target"],
      ["After", "network-online.target containerd.service crio.service cri-docker.service"],
      ["ConditionPathExists", KUBELET_FILES.configuration],
      ["StartLimitIntervalSec", "0"],
    ]],
    ["Service", [
      ["Type", "exec"],
      ["ExecStart", kubelet],
      ["Restart", "always"],
      ["RestartSec", "2"],
    ]],
    ["Install", [["WantedBy", "multi-user.target"]]],
  ];
  const { bootstrapKubeconfig, kubeconfig, configuration, flags } = KUBELET_FILES;
  const dropIn: Unit = [
    ["Service", [
      [
        "Environment",
        // deno-lint-ignore kubewright-shell/printed-commands -- a line of a unit, with constants of ours
        `"KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=${bootstrapKubeconfig} --kubeconfig=${kubeconfig}"`,
      ],
      ["Environment", `"KUBELET_CONFIG_ARGS=--config=${configuration}"`],
      ["EnvironmentFile", `-${flags}`],
      ...EXTRA_ARGS_FILES.map((file) => ["EnvironmentFile", `-${file}`] as const),
      // An empty value first: otherwise a list setting in a drop-in adds to that of the unit.
      ["ExecStart", ""],
      [
        "ExecStart",
        `${kubelet} $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS`,
      ],
    ]],
  ];
  const directory = "/etc/systemd/system";
  return [
    { path: `${directory}/${KUBELET_SERVICE}`, content: text(unit), mode: 0o644 },
    { path: `${directory}/${KUBELET_SERVICE}.d/10-kubeadm.conf`, content: text(dropIn), mode: 0o644 },
  ];
}

function text(unit: Unit): string {
  return unit.map(([section, settings]) =>
    [`[${section}]`, ...settings.map(([name, value]) => `${name}=${value}`), ""].join("\n")
  ).join("\n");
}

/** A path as the first word of a command line: `%` starts a specifier, spaces end a word, `\` escapes (systemd.syntax(7)). */
function quoted(path: string): string {
  const escaped = path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%");
  return /[\s"'\\;]/.test(path) ? `"${escaped}"` : escaped;
}
