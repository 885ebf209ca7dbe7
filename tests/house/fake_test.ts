import assert from "node:assert/strict";
import { interruptionGate } from "../../src/host/interruptible.ts";
import type { ContainerRuntime, System } from "../../src/system.ts";
import { fake } from "../fakes/fake.ts";

const RUNTIME = fake<ContainerRuntime>("container runtime", {
  socket: "unix:///x",
  images: () => Promise.resolve([]),
});
const MESSAGE = 'the fake container runtime of this test has no "pullImage"; it has socket, images';

Deno.test("fake: has the parts that it is given, and is awaited and spread like any object", async () => {
  assert.deepEqual([RUNTIME.socket, await RUNTIME.images()], ["unix:///x", []]);
  assert.equal(await Promise.resolve(RUNTIME), RUNTIME);
  assert.deepEqual(Object.keys({ ...RUNTIME }), ["socket", "images"]);
});

Deno.test("fake: any other part that is called or looked into is named, behind what wraps it, too", async () => {
  assert.throws(() => RUNTIME.pullImage("a"), { message: MESSAGE });
  const system = fake<System>("system", { runtime: () => RUNTIME, signals: undefined });
  assert.equal(system.signals, undefined);
  assert.throws(() => system.host.now(), {
    message: 'the fake system of this test has no "host"; it has runtime, signals',
  });
  assert.throws(() => `${system.download}`, { message: /has no "download"/ });
  const { runtime } = interruptionGate(undefined).through(fake<System>("system", {
    ...system,
    host: fake("host", { services: fake("services", {}) }),
    unverified: fake("client", {}),
    download: fake("client", {}),
  }));
  await assert.rejects(runtime("unix:///x").pullImage("a"), { message: MESSAGE });
});
