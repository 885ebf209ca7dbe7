import { deepStrictEqual as equal } from "node:assert";
import { compare } from "./compare.ts";
import { type Node, treeOutcome } from "./tree.ts";

const FILE = { type: "file", mode: "644", owner: "0:0", target: "" };

const TREE: Readonly<Record<string, Node>> = {
  "/etc/kubernetes": { ...FILE, type: "folder", mode: "755" },
  "/var/lib/kubelet/config.yaml": { ...FILE, text: "kind: KubeletConfiguration\nmaxPods: 110\n" },
  "/var/lib/kubelet/kubeadm-flags.env": { ...FILE, text: 'KUBELET_KUBEADM_ARGS="--a=1 --b=2"\n' },
  "/var/lib/kubelet/note": { ...FILE, text: "some text" },
};

async function found(change: (tree: Record<string, Node>) => void): Promise<string[]> {
  const other = structuredClone(TREE) as Record<string, Node>;
  change(other);
  const [before, after] = await Promise.all(
    [TREE, other].map((tree) => treeOutcome(new Map(Object.entries(tree)), new Date())),
  );
  return compare(before!, after!).differences.map(({ document, path }) => `${document} ${path}`.trim());
}

Deno.test("each kind of seeded difference between trees is found", async () => {
  equal(await found(() => {}), []);
  equal(await found((tree) => tree["/etc/kubernetes"]!.mode = "700"), ["/etc/kubernetes mode"]);
  equal(await found((tree) => tree["/etc/kubernetes"]!.owner = "0:1"), ["/etc/kubernetes owner"]);
  equal(await found((tree) => tree["/etc/kubernetes"]!.type = "link"), ["/etc/kubernetes type"]);
  equal(await found((tree) => delete tree["/var/lib/kubelet/note"]), ["/var/lib/kubelet/note"]);
  equal(await found((tree) => tree["/var/lib/kubelet/note"]!.text += "!"), ["/var/lib/kubelet/note content"]);
  equal(
    await found((tree) => tree["/var/lib/kubelet/config.yaml"]!.text = "kind: KubeletConfiguration\nmaxPods: '110'\n"),
    ["/var/lib/kubelet/config.yaml content.yaml.maxPods"],
  );
  equal(
    await found((tree) => tree["/var/lib/kubelet/kubeadm-flags.env"]!.text = 'KUBELET_KUBEADM_ARGS="--b=2 --a=1"\n'),
    ["/var/lib/kubelet/kubeadm-flags.env content.flags.order"],
  );
});
