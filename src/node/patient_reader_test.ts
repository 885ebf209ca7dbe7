import assert from "node:assert/strict";
import { fake } from "../../tests/fakes/fake.ts";
import { memoryHost } from "../../tests/fakes/memory_host.ts";
import { TimedOut, UserError } from "../errors.ts";
import type { KubeClient, KubeObject, Wait } from "../system.ts";
import { KubeError } from "../system/kube_error.ts";
import { patientReader } from "./patient_reader.ts";

const REFERENCE = { apiVersion: "v1", kind: "ConfigMap", namespace: "kube-system", name: "kubeadm-config" };
const OBJECT: KubeObject = { ...REFERENCE, metadata: { name: "kubeadm-config" } };
const refusal = (status: number) => new KubeError(`the API server answers ${status}`, { status, reason: "" });

/** Gets from a server that answers with these errors first; whether that was a wait is in `waits`. */
async function get(errors: Error[], timeoutMs = 20_000) {
  const host = memoryHost({ waits: true }, () => {});
  const waits: string[] = [];
  const watched = Object.assign(Object.create(host), {
    wait<T>(wait: Wait<T>) {
      waits.push(wait.what);
      return host.wait({ ...wait, intervalMs: 1 });
    },
  });
  const client = fake<KubeClient>("API client", {
    server: "https://192.0.2.1:6443",
    get() {
      const error = errors.shift();
      return error ? Promise.reject(error) : Promise.resolve(OBJECT);
    },
  });
  const hints = { forbidden: ["create the roles"], refused: ["create a token"] };
  const reader = patientReader(client, watched, { timeoutMs, whose: "the token", hints });
  return { object: await reader.get(REFERENCE), waits };
}

Deno.test("patientReader() asks again what a starting API server forbids, and only then waits", async () => {
  assert.deepEqual(await get([]), { object: OBJECT, waits: [] });
  for (const statuses of [[403], [401], [403, 403, 401, 403]]) {
    const { object, waits } = await get(statuses.map(refusal));
    assert.equal(object, OBJECT);
    assert.deepEqual(waits, ["ConfigMap kube-system/kubeadm-config of https://192.0.2.1:6443"]);
  }
});

Deno.test("patientReader() ends with what to do; other errors are told at once", async () => {
  await assert.rejects(get(Array.from({ length: 99 }, () => refusal(403)), 20), (error) => {
    assert.ok(error instanceof TimedOut);
    assert.match(error.message, /kubeadm-config of .*. Last state: the API server answers 403/);
    assert.deepEqual(error.hints, ["create the roles"]);
    return true;
  });
  await assert.rejects(get([refusal(404)]), /answers 404/);
  await assert.rejects(get([refusal(403), new UserError("it is not JSON")]), /it is not JSON/);
  const real = performance.now;
  let now = 0;
  performance.now = () => now += 1_000;
  try {
    await assert.rejects(get(Array.from({ length: 99 }, () => refusal(401))), /rejects the token \(401/);
  } finally {
    performance.now = real;
  }
});
