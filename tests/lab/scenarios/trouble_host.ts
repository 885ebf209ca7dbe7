import { CONFIG, prepare } from "../kubewright.ts";
import type { Host } from "../host.ts";
import type { Run, Scenario } from "../scenario.ts";
import { changedConfiguration, during, refused, run, succeeds } from "../trouble.ts";
import { type Cause, CAUSES, SOCKET, SWAPS, SWAPS_FILE } from "../unfit.ts";

const COMMAND = ["init", "--config", CONFIG];
const script = (host: Host, text: string) => async () => void await host.shell(text);

async function refusedFor(t: Run, host: Host, { name, begin, end, checks, says }: Cause): Promise<void> {
  const names = [...checks, "This host is not ready", "No changes were made", "rerun the command"];
  const said = await during(
    script(host, begin),
    () => refused(t, host, name, COMMAND, { code: 2, says: [...names, ...says] }),
    script(host, end),
  );
  const failed = [...said.matchAll(/^ {2}([A-Z][\w.-]*): /gm)].map(([, check]) => check!);
  t.equal(failed.sort(), [...checks].sort(), `${name}: the list of failed checks`);
}

export const scenario: Scenario = {
  name: "trouble-host",
  summary: "swap, ports, runtime, kubelet, foreign files: each refused by its check, then the same init succeeds",
  async run(t) {
    const k1 = await t.step("host boots", () => t.host("k1"));
    await prepare(k1);
    const text = changedConfiguration({ address: k1.address, kubelet: { failSwapOn: true } }, {
      InitConfiguration: { nodeRegistration: { criSocket: `unix://${SOCKET}` } },
    });
    await k1.write(CONFIG, text, 0o600);
    await k1.write(SWAPS_FILE, SWAPS);
    for (const cause of CAUSES) await refusedFor(t, k1, cause);
    await t.step("several at once are told at once", async () => {
      const some = CAUSES.filter(({ checks: [check] }) => ["Swap", "CRI", "Port-6443"].includes(check!)).slice(0, 2)
        .concat(CAUSES.find(({ checks: [check] }) => check === "Port-6443")!);
      await during(
        script(k1, some.map(({ begin }) => begin).join("; ")),
        () => refused(t, k1, "several", COMMAND, { code: 2, says: some.flatMap(({ checks }) => checks) }),
        script(k1, some.map(({ end }) => end).join("; ")),
      );
    });
    await t.step("a node name that resolves nowhere is a warning", () =>
      during(
        script(k1, "cp /etc/hosts /root/hosts; grep -v k1 /root/hosts >/etc/hosts"),
        async () => {
          const { code, stderr } = await run(k1, [...COMMAND, "--dry-run"]);
          t.equal(code, 0, `the exit code of a dry run that said\n${stderr}`);
          t.includes(
            stderr,
            /warning: Hostname: the node name "k1" does not resolve to an address.*\/etc\/hosts/,
            "stderr",
          );
        },
        script(k1, "cp /root/hosts /etc/hosts"),
      ));
    await refused(t, k1, "an address that is not this host's", [
      "init",
      "--apiserver-advertise-address=192.0.2.7",
      `--cri-socket=unix://${SOCKET}`,
    ], { code: 2, says: ["192.0.2.7"] });
    await succeeds(t, k1, COMMAND);
    await t.noPulls();
  },
};
