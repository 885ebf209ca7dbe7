import assert from "node:assert/strict";
import { fake } from "../../tests/fakes/fake.ts";
import { memoryHost } from "../../tests/fakes/memory_host.ts";
import { sampleWithCheapKeys } from "../../tests/samples/pki.ts";
import { TimedOut, UserError } from "../errors.ts";
import type { ContainerRuntime, HttpAnswer, KubeClient, RuntimeContainer, UnverifiedHttp } from "../system.ts";
import { KubeError, TLS_REFUSED, UNREACHABLE } from "../system/kube_error.ts";
import { cell, cellsBy } from "./cell.ts";
import { waitControlPlane, type WaitControlPlaneContext } from "./wait_control_plane.ts";

const node = sampleWithCheapKeys();
const OK: HttpAnswer = { status: 200, body: "ok" };
const MANIFEST_WRITTEN = new Date("2026-11-25T10:00:00Z");

/**
 * Waits for an API server that answers so; each probe takes so many ms of the test's clock.
 * @returns how much of that time passed, and the error, if there was one.
 */
async function wait(answer: () => HttpAnswer | Error, container?: Partial<RuntimeContainer>, stepMs = 1_000) {
  const host = memoryHost({ waits: true }, () => {});
  const real = performance.now;
  let now = 0;
  const rewritten = cellsBy<Date>("manifest written anew:");
  if (container) rewritten("kube-apiserver").set(MANIFEST_WRITTEN);
  const named = { name: "kube-apiserver", podNamespace: "kube-system" };
  const containers = container ? [Object.assign(container, named)] : [];
  const context: WaitControlPlaneContext = {
    host,
    node,
    nodeReaderFile: "/etc/kubernetes/admin.conf",
    runtime: fake<ContainerRuntime>("container runtime", {
      containers: () => Promise.resolve(containers as RuntimeContainer[]),
      hasImage: () => Promise.resolve(true),
    }),
    unverified: fake<UnverifiedHttp>("unverified", { get: () => Promise.resolve(OK) }),
    admin: () =>
      Promise.resolve(fake<KubeClient>("API client", {
        probe() {
          now += stepMs;
          const said = answer();
          return said instanceof Error ? Promise.reject(said) : Promise.resolve(said);
        },
      })),
    rewritten,
    kubeletStartedAt: cell("kubelet started at"),
    note: () => {},
  };
  performance.now = () => now;
  // Real pauses would be waited for: between two probes a test's clock is what passes.
  const later = globalThis.setTimeout;
  globalThis.setTimeout =
    ((work: () => void, ms?: number) => later(work, ms === 100 ? 0 : ms)) as typeof globalThis.setTimeout;
  try {
    await waitControlPlane.run!(context);
    return { passed: now };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { passed: now, error };
  } finally {
    performance.now = real;
    globalThis.setTimeout = later;
  }
}

const tls = () =>
  new KubeError("its certificate is not signed by the cluster's CA", { status: 0, reason: TLS_REFUSED }, {
    hint: "Something else answers at this address.",
  });

Deno.test("an API server that refuses the administrator, or that TLS refuses, ends the wait long before its time", async () => {
  for (
    const [answer, says] of [
      [() => ({ status: 401, body: "" }), /the API server rejects the administrator's kubeconfig \(\/etc.*401/],
      [tls, /certificate was rejected, connecting with the administrator's kubeconfig/],
    ] as const
  ) {
    const { error, passed } = await wait(answer);
    assert.ok(error && !(error instanceof TimedOut));
    assert.match(error.message, says);
    assert.match(error.hints.join("\n"), /ss -ltnp .*\n.*openssl s_client -connect \S+:6443/);
    assert.ok(passed > 10_000 && passed < 30_000, `${passed} ms`);
  }
});

Deno.test("an API server that refuses for a moment, or whose container is about to be replaced, is waited for", async () => {
  const first = (count: number, refusal: () => HttpAnswer | Error) => {
    let asked = 0;
    return () => asked++ < count ? refusal() : OK;
  };
  assert.equal((await wait(first(10, tls))).error, undefined);
  assert.equal((await wait(first(10, () => ({ status: 401, body: "" })))).error, undefined);
  const absent = () => new KubeError("connection refused", { status: 0, reason: UNREACHABLE });
  assert.equal((await wait(first(60, absent))).error, undefined);
  const container = { createdAt: new Date(MANIFEST_WRITTEN.getTime() - 1), state: "running" as const, attempt: 0 };
  const answers = first(40, tls);
  const replaced = await wait(() => {
    const said = answers();
    if (said === OK) container.createdAt = new Date(MANIFEST_WRITTEN.getTime() + 1);
    return said;
  }, container);
  assert.equal(replaced.error, undefined);
});
