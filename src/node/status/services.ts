import { ask } from "../../programs.ts";
import type { ContainerRuntime, Host, UnverifiedHttp } from "../../system.ts";
import type { Kubelet, Runtime, Systemd } from "./document.ts";
import { look, valueOf } from "./look.ts";

/** `Name=value` lines. */
function propertiesOf(text: string): Map<string, string> {
  return new Map(
    text.split("\n").map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

/** systemd itself; undefined where it is not process 1. */
export async function observeSystemd(host: Host): Promise<Systemd | undefined> {
  const { code, stdout } = await host.query({
    argv: ["systemctl", "show", "--property=Version,SystemState,NFailedUnits"],
  });
  const value = propertiesOf(stdout);
  if (code !== 0 || !value.get("Version")) return undefined;
  return {
    version: value.get("Version")!.split(" ")[0]!,
    state: value.get("SystemState") ?? "unknown",
    failedUnits: Number(value.get("NFailedUnits") ?? 0),
  };
}

/** When something that has been so for some seconds began; `uptime` is /proc/uptime. */
function since(host: Host, uptime: string, monotonicMicroseconds: string | undefined): string | undefined {
  const began = Number(monotonicMicroseconds ?? 0) / 1e6;
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
  const properties = "--property=LoadState,ActiveState,UnitFileState,NRestarts,ActiveEnterTimestampMonotonic";
  const [{ stdout }, uptime, answer] = await Promise.all([
    ask(host, { argv: ["systemctl", "show", properties, "kubelet"] }),
    host.readText("/proc/uptime"),
    look(() => http.get(`https://127.0.0.1:${port}/healthz`, 2_000)),
  ]);
  const value = propertiesOf(stdout);
  const absent = value.get("LoadState") === "not-found" || !value.get("ActiveState");
  const state = absent ? "absent" : value.get("ActiveState")!;
  const began = state === "active" ? since(host, uptime ?? "", value.get("ActiveEnterTimestampMonotonic")) : undefined;
  return {
    state,
    ...(value.get("UnitFileState") ? { startsAtBoot: value.get("UnitFileState")! } : {}),
    ...(began === undefined ? {} : { since: began }),
    restarts: Number(value.get("NRestarts") ?? 0),
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
