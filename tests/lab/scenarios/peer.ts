import { POD_SUBNET } from "../config.ts";
import { kubeadmInit, kubeadmJoin, plainPodNetwork, preparePeer } from "../peer.ts";
import type { Scenario } from "../scenario.ts";
import { until } from "../process.ts";
import { pod, podsRunning } from "../pods.ts";

/** Proves the lab itself: real kubeadm makes a cluster of two hosts that works. */
export const scenario: Scenario = {
  name: "peer",
  summary: "real kubeadm: init, join, nodes Ready, DNS and a service between hosts, logs and exec, no image pulled",
  async run(t) {
    const [k1, k2] = await t.step("two hosts boot", () => Promise.all([t.host("k1"), t.host("k2")]));
    await t.step("kubeadm and the kubelet's unit installed", () => Promise.all([preparePeer(k1), preparePeer(k2)]));
    const { seconds, join } = await t.step("kubeadm init", () => kubeadmInit(k1, { podSubnet: POD_SUBNET }));
    t.log(`kubeadm init took ${seconds.toFixed(1)} s`);
    const joined = await t.step("kubeadm join", () => kubeadmJoin(k2, join));
    t.log(`kubeadm join took ${joined.toFixed(1)} s`);
    await t.step("pod network", () => plainPodNetwork([k1, k2]));
    await t.step(
      "both nodes Ready",
      () => k1.kubectl("wait", "--for=condition=Ready", "node", "k1", "k2", "--timeout=120s"),
    );
    await t.step("all of kube-system runs", () => podsRunning(k1, "kube-system", 120_000));
    await t.step("a pod on each host", async () => {
      await k1.kubectl("taint", "node", "k1", "node-role.kubernetes.io/control-plane-");
      await pod(k1, {
        name: "server",
        node: "k1",
        command: "mkdir /www; echo hello >/www/index.html; httpd -f -p 8080 -h /www",
      });
      await pod(k1, { name: "client", node: "k2", command: "echo client started; sleep 100000" });
      await k1.kubectl("expose", "pod", "server", "--port=80", "--target-port=8080");
      await podsRunning(k1, "default", 60_000);
    });
    await t.step("DNS from the other host", () =>
      until("kubernetes.default to resolve", async () => {
        const answer = await k1.kubectl("exec", "client", "--", "nslookup", "kubernetes.default.svc.cluster.local");
        return answer.includes("10.96.0.1");
      }, { timeout: 60_000, interval: 1000 }));
    await t.step("a service whose endpoint is on the other host", () =>
      until("the service to answer", async () => {
        return (await k1.kubectl("exec", "client", "--", "fetch", "http://server")).includes(
          "hello",
        );
      }, { timeout: 60_000, interval: 1000 }));
    t.includes(await k1.kubectl("logs", "client"), "client started", "the client's log");
    await t.noPulls();
  },
};
