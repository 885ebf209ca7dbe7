import { KUBELET_SERVICE } from "../../cluster/kubelet/unit.ts";
import type { ContainerRuntime, Host, UnverifiedHttp } from "../../system.ts";
import type { Kubelet, Runtime } from "./document.ts";
import { activeSince } from "../services.ts";
import { look, valueOf } from "./look.ts";

/** The kubelet's unit, and whether the kubelet answers: 401 without credentials is an answer. */
export async function observeKubelet(
  host: Host,
  http: UnverifiedHttp,
  port: number,
  version: string | undefined,
): Promise<Kubelet> {
  const [[unit, since], answer] = await Promise.all([
    host.services.state(KUBELET_SERVICE).then(async (unit) => [unit, await activeSince(host, unit)] as const),
    look(() => http.get(`https://127.0.0.1:${port}/healthz`, 2_000)),
  ]);
  const state = unit.load === "not-found" ? "absent" : unit.active;
  const began = state === "active" ? since?.toISOString() : undefined;
  return {
    state,
    ...(unit.enabled ? { startsAtBoot: unit.enabled } : {}),
    ...(began === undefined ? {} : { since: began }),
    restarts: unit.restarts,
    ...(version === undefined ? {} : { version }),
    answers: valueOf(answer) !== undefined,
  };
}

/** Name, version and conditions of the runtime. @throws {UserError} when it does not answer. */
export async function observeRuntime(runtime: ContainerRuntime): Promise<Runtime> {
  const [{ runtimeName, runtimeVersion }, conditions] = await Promise.all([runtime.version(), runtime.status()]);
  const condition = (type: string) => conditions.find((condition) => condition.type === type)?.status;
  return {
    socket: runtime.socket,
    name: runtimeName,
    version: runtimeVersion,
    ready: condition("RuntimeReady") ?? true,
    networkReady: condition("NetworkReady") ?? true,
  };
}
