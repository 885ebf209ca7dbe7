/**
 * The pictures of the documentation, each from a real run on a lab host: `deno task pictures`. Look at them before you
 * commit them.
 *
 * @module
 */

import { record } from "../../_tools/terminal/record.ts";
import { pictureOf } from "../../_tools/terminal_svg.ts";
import type { Host } from "./host.ts";
import { CONFIG, prepare } from "./kubewright.ts";
import { Lab, removeOnSignal } from "./lab.ts";
import { changedConfiguration } from "./trouble.ts";

const PICTURES = new URL("../../docs/pictures/", import.meta.url);
const COLUMNS = 110;
const COMMAND = `kubewright init --config ${CONFIG.slice(CONFIG.lastIndexOf("/") + 1)}`;

/** Runs the command on a terminal of the host, as root in its home, and draws it: whole, and as it was at some seconds. */
async function draw(
  host: Host,
  command: string,
  description: string,
  pictures: Readonly<Record<string, number | undefined>>,
): Promise<void> {
  const words = host.shellCommand.replace(/bash -l$/, `LANG=C.UTF-8 sh -c 'cd /root; ${command}'`);
  const { file, timing } = await record(words, { columns: COLUMNS, rows: 40 });
  for (const [name, seconds] of Object.entries(pictures)) {
    const until = seconds === undefined ? undefined : { timing, seconds };
    const svg = pictureOf(file, { command, description, columns: COLUMNS, until });
    await Deno.writeTextFile(new URL(`${name}.svg`, PICTURES), svg);
    console.log(`drawn: docs/pictures/${name}.svg, ${svg.length} bytes`);
  }
}

/** A configuration with which the API server does not start. */
async function withUnknownFlag(host: Host): Promise<void> {
  const text = changedConfiguration({ address: host.address }, {
    ClusterConfiguration: { apiServer: { extraArgs: [{ name: "no-such-flag", value: "1" }] } },
    InitConfiguration: {
      timeouts: { controlPlaneComponentHealthCheck: "40s" },
      nodeRegistration: {
        criSocket: "unix:///run/containerd/containerd.sock",
        ignorePreflightErrors: ["SystemVerification"],
      },
    },
  });
  await host.write(CONFIG, text, 0o600);
}

await Deno.mkdir(PICTURES, { recursive: true });
await using lab = await Lab.create({ name: `pictures-${Deno.pid}` });
const takeBack = removeOnSignal(() => [lab]);
const cp = await lab.host("cp1");
await prepare(cp);
await draw(cp, COMMAND, "kubewright init creates a cluster: one line a phase, then the next steps.", {
  init: undefined,
});
await draw(cp, "kubewright status", "kubewright status on a healthy control plane node.", { status: undefined });
await cp.shell(
  "sed -i 's/^    - --leader-elect=true/&\\n    - --no-such-flag/' /etc/kubernetes/manifests/kube-scheduler.yaml",
);
await new Promise((resolve) => setTimeout(resolve, 30_000));
await draw(cp, "kubewright status", "kubewright status finds a scheduler that exits, and says why.", {
  "status-broken": undefined,
});
await cp.kill();
const failing = await lab.host("cp2");
await prepare(failing);
await withUnknownFlag(failing);
await draw(failing, COMMAND, "kubewright init waits for an API server that does not start.", {
  "init-waiting": 30,
  "init-failed": undefined,
});
takeBack();
