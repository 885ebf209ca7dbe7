import { POD_SUBNET } from "../config.ts";
import { kubeadmInit, kubeadmJoin, plainPodNetwork, preparePeer } from "../peer.ts";
import type { Scenario } from "../scenario.ts";
import { worksAcross } from "../across.ts";
import { podsRunning } from "../pods.ts";

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
    await worksAcross(t, k1, ["k1", "k2"]);
    await t.noPulls();
  },
};
