/**
 * What a cluster of two hosts must be able to do, whoever made it.
 *
 * @module
 */

import type { Host } from "./host.ts";
import { pod, podsRunning } from "./pods.ts";
import { until } from "./process.ts";
import type { Run } from "./scenario.ts";

/** How long (ms) names and services may take to work, and how often they are tried. */
const PATIENCE = { timeout: 60_000, interval: 500 };

/**
 * A server on the first node and a client on the second: the client resolves `kubernetes.default` through CoreDNS and
 * reaches the server by its Service; `kubectl exec` and `logs` reach the client. Takes the first node's taint away.
 */
export async function worksAcross(t: Run, admin: Host, [first, second]: readonly [string, string]): Promise<void> {
  await t.step("a pod on each host", async () => {
    await admin.kubectl("taint", "node", first, "node-role.kubernetes.io/control-plane-");
    const serve = "mkdir /www; echo hello >/www/index.html; httpd -f -p 8080 -h /www";
    await pod(admin, { name: "server", node: first, command: serve });
    await pod(admin, { name: "client", node: second, command: "echo client started; sleep 100000" });
    await admin.kubectl("expose", "pod", "server", "--port=80", "--target-port=8080");
    await podsRunning(admin, "default", 60_000);
  });
  const inClient = (...argv: string[]) => admin.kubectl("exec", "client", "--", ...argv);
  await t.step("kubernetes.default resolves through CoreDNS", () =>
    until(
      "kubernetes.default to resolve",
      async () => (await inClient("nslookup", "kubernetes.default.svc.cluster.local")).includes("10.96.0.1"),
      PATIENCE,
    ));
  await t.step("a service whose endpoint is on the other host answers", () =>
    until(
      "the service to answer",
      async () => (await inClient("fetch", "2", "http://server")).includes("hello"),
      PATIENCE,
    ));
  t.includes(await admin.kubectl("logs", "client"), "client started", "the client's log");
}
