import assert from "node:assert/strict";
import { fake } from "../../../tests/fakes/fake.ts";
import { memoryHost, type MemoryHostOptions } from "../../../tests/fakes/memory_host.ts";
import type { JoinConfiguration } from "../../config/types.ts";
import { KUBELET_FILES } from "../../cluster/paths.ts";
import { CHECKS } from "../checks.ts";
import { portFindings } from "./network.ts";
import { NODE_CHECKS } from "./node.ts";
import { type Check, runChecks } from "./run.ts";
import { WORKER_CHECKS, type WorkerContext } from "./worker.ts";

function context(options: MemoryHostOptions, server = "192.0.2.1"): WorkerContext {
  return fake<WorkerContext>("context", {
    host: memoryHost(options, () => {}),
    facts: { hostname: "node-1", addresses: [], criSockets: [] },
    ownPaths: new Set(),
    config: {} as JoinConfiguration,
    endpoint: { host: server, port: 6443 },
    warn: () => {},
  });
}

const named = <C>(checks: readonly Check<C>[], name: string) => checks.find((check) => check.name === name)!;

Deno.test("DiscoveryEndpoint: a name that does not resolve is an error, an address is not looked up", async () => {
  const check = named(WORKER_CHECKS, "DiscoveryEndpoint");
  assert.match((await check.look(context({}, "nowhere.invalid"))).errors![0]!, /"nowhere.invalid".*not resolve/);
  assert.deepEqual(await check.look(context({ names: ["api"] }, "api")), {});
  assert.deepEqual(await check.look(context({}, "192.0.2.1")), {});
  assert.deepEqual(await check.look(context({}, "2001:db8::1")), {});
});

Deno.test("DirAvailable: static pods that are there already are named, those of a joined worker are its own", async () => {
  const check = named(WORKER_CHECKS, "DirAvailable--etc-kubernetes-manifests");
  const files = { "/etc/kubernetes/manifests/etcd.yaml": "" };
  assert.match((await check.look(context({ files }))).errors![0]!, /etcd\.yaml/);
  assert.deepEqual(await check.look({ ...context({ files }), ownPaths: new Set([KUBELET_FILES.configuration]) }), {});
  const others = await check.look(context({ files: { "/etc/kubernetes/manifests/proxy.yaml": "" } }));
  assert.match(others.warnings![0]!, /proxy\.yaml/);
  assert.deepEqual([others.errors, await check.look(context({}))], [undefined, {}]);
});

Deno.test("KubeletUnit: a unit in /etc that does not read our files is refused", async () => {
  const check = named(NODE_CHECKS, "KubeletUnit");
  const path = "/etc/systemd/system/kubelet.service";
  const files = { [path]: "[Service]\nExecStart=/usr/bin/kubelet --standalone\n" };
  const found = await check.look(context({ files }));
  assert.match(found.errors![0]!, /kubelet\.service starts the kubelet without --config=/);
  assert.match(found.hint!, /mv -i \/etc\/systemd\/system\/kubelet\.service \/root\//);
  assert.deepEqual(await check.look({ ...context({ files }), ownPaths: new Set([path]) }), {});
  assert.deepEqual(await check.look(context({})), {});
});

Deno.test("Port: an address that is not this host's is a finding, not the end of all checks", async () => {
  const { UserError } = await import("../../errors.ts");
  const host = {
    ...memoryHost({}, () => {}),
    portIsFree: () => Promise.reject(new UserError('Cannot listen on "192.0.2.7" port 2379')),
  };
  assert.match((await portFindings(host, "192.0.2.7", 2379)).errors![0]!, /192\.0\.2\.7/);
});

Deno.test("all failed checks are reported at once; those that are ignored, in any case, are warnings", async () => {
  const failing = (name: string, hint?: string): Check<unknown> => ({
    ...CHECKS.swap,
    name,
    fix: "Fix it.",
    look: () => Promise.resolve({ errors: [`${name} fails`], ...(hint === undefined ? {} : { hint }) }),
  });
  const warnings: string[] = [];
  const run = (ignored: string[]) =>
    runChecks(
      [failing("One"), failing("Two"), failing("Three", "")],
      { warn: (text: string) => warnings.push(text) },
      ignored,
    );
  await assert.rejects(run(["tWO"]), (error: Error & { exitCode: number; hints: string[] }) => {
    assert.equal(error.exitCode, 2);
    assert.match(error.message, /One: One fails\n {4}fix: Fix it\.\n {2}Three: Three fails$/);
    assert.deepEqual(error.hints, ["To skip these checks: --ignore-preflight-errors=One,Three"]);
    return true;
  });
  assert.deepEqual(warnings, ["Two: Two fails. Fix it."]);
  await run(["all"]);
});

Deno.test("skipping is never offered for a check without which the command cannot work", async () => {
  const hints = async (...checks: Check<unknown>[]) => {
    try {
      await runChecks(checks, { warn: () => {} }, []);
    } catch (error) {
      return (error as { hints: string[] }).hints;
    }
    throw new Error("it passes");
  };
  const failing = (name: string, skip: Check<unknown>["skip"], essential?: boolean): Check<unknown> => ({
    ...CHECKS.swap,
    name,
    skip,
    look: () => Promise.resolve({ errors: ["fails"], ...(essential === undefined ? {} : { essential }) }),
  });
  assert.deepEqual(await hints(failing("CRI", "no")), []);
  assert.deepEqual(await hints(failing("SystemVerification", "depends", true)), []);
  assert.deepEqual(await hints(failing("CRI", "no"), failing("Swap", "yes")), [
    "To skip this check: --ignore-preflight-errors=Swap",
  ]);
});
