import { KUBELET_SERVICE } from "../../cluster/kubelet/unit.ts";
import type { ContainerRuntime, Host, UnverifiedHttp } from "../../system.ts";
import type { Kubelet, Runtime } from "./document.ts";
import { look, valueOf } from "./look.ts";

/** When something that has been so for some seconds began; `uptime` is /proc/uptime. */
function since(host: Host, uptime: string, began: number): string | undefined {
  const up = Number(uptime.split(" ")[0]);
  if (!(began > 0) || !(up >= began)) return undefined;
  return new Date(host.now().getTime() - (up - began) * 1_000).toISOString();
}

/** The kubelet's unit, and whether the kubelet answers: without credentials it says 401, which is an answer. */
export async function observeKubelet(
  host: Host,
  http: UnverifiedHttp,
  port: number,
  version: string | undefined,
): Promise<Kubelet> {
  const [unit, uptime, answer] = await Promise.all([
    host.services.state(KUBELET_SERVICE),
    host.readText("/proc/uptime"),
    look(() => http.get(`https://127.0.0.1:${port}/healthz`, 2_000)),
  ]);
  const state = unit.load === "not-found" ? "absent" : unit.active;
  const began = state === "active" ? since(host, uptime ?? "", unit.activeSinceBoot) : undefined;
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
