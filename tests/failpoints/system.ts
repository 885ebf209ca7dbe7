/**
 * The real outside world, in which the process kills itself right before or right after one of its Changes. Only test
 * builds hold this module (`KUBEWRIGHT_TEST_BUILD=failpoints ./compile.sh`): in a release there is nothing to switch on.
 *
 * KUBEWRIGHT_FAILPOINT is `before:N`, `after:N`, or `count:FILE`, to which one line is written for each Change.
 * @module
 */
import { realSystem } from "../../mod.ts";
import type { Events } from "../../src/main.ts";
import type { Change, Host, System } from "../../src/system.ts";

/** SIGKILL, which no handler and no `finally` sees. */
function die(): void {
  Deno.kill(Deno.pid, "SIGKILL");
  for (;;); // until the kernel does it
}

/** What a Change is of, without what it may hold. */
export function labelOf(change: Change): string {
  switch (change.kind) {
    case "write":
    case "directory":
    case "remove":
      return `${change.kind} ${change.path}`;
    case "run":
      return `run ${change.command.argv.join(" ")}`;
    case "wait":
      return `wait ${change.what}`;
    case "apply":
      return `apply ${change.object.kind} ${change.object.metadata.name}`;
    case "patch":
      return `patch ${change.reference.kind} ${change.reference.name}`;
    case "delete":
      return "reference" in change
        ? `delete ${change.reference.kind} ${change.reference.name}`
        : `delete ${change.what} ${change.name}`;
    case "pull":
      return `pull ${change.image}`;
    case "stop":
      return `stop ${change.what} ${change.name}`;
  }
}

/** The object with these methods calling `first` before they do anything. */
function preceded<T extends object>(object: T, names: readonly (keyof T)[], first: () => void): T {
  const changed = Object.fromEntries(names.map((name) => [name, (...args: unknown[]) => {
    first();
    return (object[name] as (...args: unknown[]) => unknown).apply(object, args);
  }]));
  return { ...object, ...changed };
}

/** Builds the system; as `realSystem`, or as `build`, which it wraps. */
export function failingSystem(events: Events, build: typeof realSystem = realSystem): System {
  const [when = "", of = ""] = (Deno.env.get("KUBEWRIGHT_FAILPOINT") ?? "").split(/:(.*)/s);
  const point = Number(of);
  let count = 0;
  const change = (made: Change) => {
    count++;
    if (when === "count") Deno.writeTextFileSync(of, `${labelOf(made)}\n`, { append: true });
    if (when === "after" && count === point) die();
    events.change(made);
  };
  // The receipt's line is written by then. A call that would change nothing is taken for the Change, too; a Change that
  // is made within the call of another (a file's folder) has no moment of its own, and the next call is taken.
  const before = () => {
    if (when === "before" && count >= point - 1) die();
  };
  const changing: readonly (keyof Host)[] = [
    "put",
    "makeDirectory",
    "remove",
    "removeTree",
    "run",
    "wait",
  ];
  const real = build({ ...events, change }, (host) => preceded(host, changing, before));
  return {
    ...real,
    connect: (...args) => preceded(real.connect(...args), ["apply", "patch", "delete"], before),
    runtime: (...args) =>
      preceded(
        real.runtime(...args),
        ["pullImage", "removeImage", "stopSandbox", "removeSandbox", "stopContainer", "removeContainer"],
        before,
      ),
    etcd: (...args) => preceded(real.etcd(...args), ["removeMember"], before),
  };
}
