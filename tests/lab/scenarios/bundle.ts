import type { Host } from "../host.ts";
import { answers, changesOf, init, kubewright, prepare, PROGRAM, type Ran } from "../kubewright.ts";
import { podsRunning } from "../pods.ts";
import type { Run, Scenario } from "../scenario.ts";

const BUNDLE = "/root/kubernetes.kwb";
const INPUTS = "/root/inputs";
const CTR = "ctr --namespace k8s.io";

/** Archives of images and programs on the host, as a person would have them who fetched them. */
async function fill(t: Run, host: Host, missing: string): Promise<void> {
  await host.shell(`mkdir -p ${INPUTS}`);
  for (const [name, archive] of t.lab.images) {
    if (name.includes("kubewright.lab") || name.includes(missing)) continue;
    await host.push(archive, `${INPUTS}/${name.replaceAll(/[/:]/g, "_")}.tar`, 0o644);
  }
  for (const name of ["kubelet", "kubectl"]) await host.push(t.lab.programs.get(name)!, `${INPUTS}/${name}`);
}

/** The error of a run that had to fail. */
function errorOf({ events, stderr, code }: Ran): string {
  const error = events.at(-1) ?? JSON.parse(stderr.trim().split("\n").at(-1)!);
  const { message, hints = [] } = error as { message?: string; hints?: string[] };
  return [`exit code ${code}`, message, ...hints].join("\n");
}

export const scenario: Scenario = {
  name: "bundle",
  summary:
    "a bundle is created, verified and loaded on a host without images; damaged ones are refused; init pulls nothing",
  async run(t: Run) {
    const host = await t.step("a host without images boots", () => t.host("b1", { images: false }));
    await prepare(host);
    const failing = (...argv: string[]) => kubewright(host, argv, { check: false });
    const create = ["bundle", "create", BUNDLE, "--from", INPUTS];
    await fill(t, host, "/etcd:");
    const lacking = errorOf(await t.step("an image is missing", () => failing(...create)));
    t.includes(lacking, /registry\.k8s\.io\/etcd:\S+: not found in any archive/, "the error");
    t.equal(await host.shell(`ls ${BUNDLE} 2>/dev/null || echo none`), "none", "the bundle");

    await fill(t, host, "nothing");
    await t.step("create", () => answers(host, ...create));
    const sum = await host.shell(`sha256sum <${BUNDLE}`);
    await answers(host, ...create);
    t.equal(await host.shell(`sha256sum <${BUNDLE}`), sum, "the SHA-256 of a second bundle of the same inputs");
    await t.step("verify", () => answers(host, "bundle", "verify", BUNDLE, "--kubernetes-version", "v1.37.2"));

    const size = Number(await host.shell(`stat -c %s ${BUNDLE}`));
    for (const at of [100, 5_000, Math.floor(size / 2), size - 600]) {
      const flip = `b=$(dd if=${BUNDLE} bs=1 skip=${at} count=1 status=none | od -An -tu1); ` +
        `printf "\\\\$(printf %o $((b ^ 1)))" | dd of=${BUNDLE} bs=1 seek=${at} conv=notrunc status=none`;
      await host.shell(flip);
      const damaged = await failing("bundle", "load", BUNDLE);
      t.includes(errorOf(damaged), /exit code 1\nCannot use the bundle/, `the error after byte ${at} was changed`);
      t.equal(changesOf(damaged), [], "what loading a damaged bundle changed");
      await host.shell(flip);
    }
    t.equal(
      await host.shell(`${CTR} images ls -q; ${CTR} content ls -q`),
      "",
      "images and content before the bundle is loaded",
    );

    const planned = changesOf(await kubewright(host, ["bundle", "load", BUNDLE, "--dry-run"]));
    const loaded = await t.step("load", () => kubewright(host, ["bundle", "load", BUNDLE]));
    t.equal(changesOf(loaded), planned, "the changes, and those of a dry run before");
    t.log(`${changesOf(loaded).length} images of ${(size / 1e6).toFixed(0)} MB in ${loaded.seconds.toFixed(1)} s`);
    const removed = `for i in $(${CTR} images ls -q); do ${CTR} images rm --sync $i >/dev/null; done`;
    await host.shell(removed);
    const start = performance.now();
    await host.shell(`sha256sum <${BUNDLE} >/dev/null; ${CTR} images import --no-unpack ${BUNDLE} >/dev/null`);
    const peer = ((performance.now() - start) / 1000).toFixed(1);
    t.log(`sha256sum and ctr images import of the same file: ${peer} s`);
    await host.shell(removed);
    await kubewright(host, ["bundle", "load", BUNDLE]);
    t.equal(changesOf(await kubewright(host, ["bundle", "load", BUNDLE])), [], "what loading it again changed");
    const unpinned = await host.shell(`${CTR} images ls | grep -v pinned=pinned | tail -n +2`);
    t.equal(unpinned, "", "images that are not pinned");

    await t.step("init", () => init(host));
    await t.step("all of kube-system runs", () => podsRunning(host, "kube-system", 120_000));
    t.equal(await host.pullAttempts(), [], "attempts to pull an image");
    t.assert((await host.exec([PROGRAM, "status"])).code === 0, "the node is not healthy");
  },
};
