import assert from "node:assert/strict";
import { fake } from "../../tests/fakes/fake.ts";
import { Interruption } from "../errors.ts";
import type { ContainerRuntime, EtcdClient, Host, KubeClient, Services, System } from "../system.ts";
import { interruptionGate } from "./interruptible.ts";
import { execute } from "./process.ts";
import { waitUntil } from "./wait.ts";

/** An object whose every method is called and never answers. */
function hanging<T extends object>(called: string[]): T {
  return new Proxy({}, {
    get: (_, name) => () => {
      called.push(String(name));
      return new Promise(() => {});
    },
  }) as T;
}

/** A host of such methods. */
function hangingHost(called: string[]): Host {
  return new Proxy(hanging<Host>(called), {
    get: (host, name) => name === "services" ? hanging<Services>(called) : host[name as keyof Host],
  });
}

function hangingSystem(called: string[]): System {
  return {
    host: hangingHost(called),
    connect: () => hanging<KubeClient>(called),
    imageStore: () => assert.fail("no image store"),
    runtime: () => hanging<ContainerRuntime>(called),
    etcd: () => hanging<EtcdClient>(called),
    unverified: hanging(called),
    download: hanging(called),
    stdin: () => new Promise(() => {}),
    readLine: () => new Promise(() => {}),
    terminal: { out: false, err: false, columns: () => 80 },
    out() {},
    err() {},
  };
}

/** What every call of these kinds that changes something is called with; calls that observe take anything. */
const ARGUMENT = {
  argv: ["x"],
  name: "n",
  podNamespace: "p",
  podName: "q",
  kind: "K",
  apiVersion: "v1",
  metadata: { name: "n" },
};
/** Methods that end at once, or that main alone calls. */
const PASS = ["hostname", "workingDirectory", "environment", "uid", "cpus", "addresses", "now", "lock", "unlock"];

type Call = [name: string, call: () => Promise<unknown>];

function callsOf(system: System): Call[] {
  const parts = [
    system.host,
    system.host.services,
    system.connect({ server: "", caPem: "" }),
    system.runtime(""),
    system.etcd("", { caPem: "", certificatePem: "", keyPem: "" }),
    system.unverified,
    system.download,
  ];
  const clients = parts.flatMap((part) =>
    Object.entries(part).filter(([name, method]) => typeof method === "function" && !PASS.includes(name))
      .map(([name, method]): Call => [name, () => method(ARGUMENT)])
  );
  return [...clients, ["stdin", system.stdin], ["readLine", system.readLine]];
}

Deno.test("interruption: each kind of call ends, what changes is told of, and nothing new begins", async () => {
  const called: string[] = [];
  const controller = new AbortController();
  const gate = interruptionGate(controller.signal, 5);
  const calls = callsOf(gate.through(hangingSystem(called)));
  // `server`, `socket` and `endpoint` are no methods, but this system has nothing else.
  const methods = calls.filter(([name]) => !["server", "socket", "endpoint"].includes(name));
  assert.ok(methods.length > 40, `${methods.length} methods`);
  const observed: string[] = [];
  const work = Promise.all(methods.map(async ([name, call]) => {
    try {
      await call();
    } catch (error) {
      observed.push(name);
      assert.ok(error instanceof Interruption, `${name}: ${error}`);
    }
  }));
  const reason = new Interruption("SIGTERM");
  controller.abort(reason);
  await assert.rejects(gate.until(work), (error) => error === reason);
  const pending = gate.pending();
  assert.equal(observed.length + pending.length, methods.length);
  assert.ok(observed.includes("get") && observed.includes("wait") && observed.includes("query"));
  assert.ok(pending.includes("apply K n") && pending.includes('run "x"') && pending.includes("stop the pod p/q"));
  called.length = 0;
  for (const [name, call] of methods) await assert.rejects(call, (error) => error === reason, name);
  assert.deepEqual(called, []);
});

Deno.test("interruption: a change under way comes to its end, and then nothing is unknown", async () => {
  const controller = new AbortController();
  const gate = interruptionGate(controller.signal, 10_000);
  const done: string[] = [];
  let finish = () => {};
  const writing = new Promise<void>((resolve) => finish = resolve);
  const { host } = gate.through({
    ...hangingSystem([]),
    host: fake<Host>("host", {
      services: hanging<Services>([]),
      put: ({ path }) => writing.then(() => void done.push(path)),
    }),
  });
  const work = host.put({ path: "/a", mode: 0o600, content: "" }).then(() =>
    host.put({ path: "/b", mode: 0o600, content: "" })
  );
  controller.abort(new Interruption("SIGINT"));
  setTimeout(finish, 1);
  await assert.rejects(gate.until(work), Interruption);
  assert.deepEqual([done, gate.pending()], [["/a"], []]);
});

Deno.test("interruption: without a signal, or before it, results and errors are those of the calls", async () => {
  for (const signal of [undefined, new AbortController().signal]) {
    const gate = interruptionGate(signal);
    const host = fake<Host>("host", {
      services: hanging<Services>([]),
      read: () => Promise.resolve(undefined),
      remove: () => Promise.reject(new Error("no")),
    });
    const through = gate.through({ ...hangingSystem([]), host }).host;
    assert.equal(await gate.until(through.read("/x")), undefined);
    await assert.rejects(gate.until(through.remove("/x")), /^Error: no$/);
  }
});

Deno.test("waitUntil() ends when it is aborted, while a probe is busy and between two, and tells no more", async () => {
  for (
    const probe of [() => new Promise<never>(() => {}), () => Promise.resolve({ done: false as const, state: "no" })]
  ) {
    const controller = new AbortController();
    let told = 0;
    let done = false;
    const wait = { what: "x", timeoutMs: 3_600_000, intervalMs: 3_600_000, assume: undefined, probe };
    const waiting = waitUntil<undefined>(wait, (event) => (told++, done = event.done), 1, controller.signal);
    setTimeout(() => controller.abort(new Interruption("SIGHUP")), 5);
    await assert.rejects(waiting, Interruption);
    const before = told;
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual([told, done], [before, true]);
  }
});

Deno.test("execute(): an aborted child gets SIGTERM, also one that is being started", async () => {
  for (const abort of [(end: () => void) => setTimeout(end, 50), (end: () => void) => end()]) {
    const controller = new AbortController();
    const executed = execute({ argv: ["sleep", "3600"] }, { signal: controller.signal });
    abort(() => controller.abort(new Interruption("SIGINT")));
    const { failure, signal } = await executed;
    assert.deepEqual([failure, signal], ["killed", "SIGTERM"]);
  }
});
