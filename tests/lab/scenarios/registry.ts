import { initConfiguration } from "../config.ts";
import { answers, CONFIG, init, kubewright, prepare, type Ran } from "../kubewright.ts";
import { podsRunning } from "../pods.ts";
import { fillRegistry, resumeRegistry, startRegistry, stopRegistry, useRegistry } from "../registry.ts";
import type { Run, Scenario } from "../scenario.ts";

/** The error of a run that had to fail. */
function errorOf({ events, code }: Ran): string {
  const { message, causes = [], hints = [] } = events.at(-1) as {
    message?: string;
    causes?: string[];
    hints?: string[];
  };
  return [`exit code ${code}`, message, ...causes, ...hints].join("\n");
}

export const scenario: Scenario = {
  name: "registry",
  summary:
    "a host without images takes them from a registry on another one; missing image, registry down, then healthy",
  async run(t: Run) {
    const [store, k1] = await t.step(
      "two hosts boot, one without images",
      () => Promise.all([t.host("store"), t.host("k1", { images: false })]),
    );
    const images = [...t.lab.images.keys()].filter((image) => !image.includes("kubewright.lab"));
    const repository = await t.step("a registry starts", () => startRegistry(store));
    await prepare(k1);
    await useRegistry(k1, repository);
    await k1.write(
      CONFIG,
      initConfiguration({ address: k1.address, cluster: { imageRepository: repository } }),
      0o600,
    );
    const failing = () => kubewright(k1, ["init", "--config", CONFIG], { check: false });

    const [last] = images.filter((image) => image.includes("/etcd:"));
    await fillRegistry(store, repository, images.filter((image) => image !== last));
    const missing = errorOf(await t.step("one image is not in the registry", failing));
    t.includes(missing, /exit code 1\nCannot pull the image ".*\/k8s\/etcd:/, "the error");
    t.includes(missing, "not found", "the error");
    t.log(missing.split("\n").slice(1, 3).join(" / ").slice(0, 300));

    await fillRegistry(store, repository, [last!]);
    await stopRegistry(store);
    const down = errorOf(await t.step("the registry is down", failing));
    t.includes(down, /exit code 1\nCannot pull the image/, "the error");
    t.includes(down, "connection refused", "the error");
    t.log(down.split("\n").slice(1, 3).join(" / ").slice(0, 300));

    await resumeRegistry(store);
    const { events, seconds } = await t.step("init, with every image from the registry", () => init(k1));
    await t.step("all of kube-system runs", () => podsRunning(k1, "kube-system", 120_000));
    const pulls = events.filter(({ event, kind }) => event === "change" && kind === "pull");
    t.assert(pulls.length > 0, "nothing was pulled by the last run");
    t.log(`init took ${seconds.toFixed(1)} s, ${pulls.length} images pulled by its last run`);
    const used = await k1.kubectl("get", "pods", "-A", "-o", "jsonpath={.items[*].spec.containers[*].image}");
    const elsewhere = used.split(" ").filter((image) => !image.startsWith(`${repository}/`));
    t.equal(elsewhere, [], "the list of images that are not from the registry");
    const foreign = (await k1.pullAttempts()).filter((line) => !line.includes(repository));
    t.equal(foreign, [], "the list of pulls from elsewhere");
    const [listed] = await answers<{ images: string[] }>(k1, "config", "images", "list", "--config", CONFIG);
    const [pulled] = await t.step(
      "config images pull: all of them again",
      () => answers<{ images: string[] }>(k1, "config", "images", "pull", "--config", CONFIG),
    );
    t.equal(pulled!.images, listed!.images, "the images that config images pull pulled");
    t.equal(pulled!.images.length, 7, "their number");
    const events2 = (await init(k1)).events.filter(({ event, kind }) => event === "change" && kind === "pull");
    t.equal(events2, [], "the list of pulls of a second init");
  },
};
