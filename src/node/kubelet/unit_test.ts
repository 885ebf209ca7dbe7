import assert from "node:assert/strict";
import { memoryHost } from "../../../tests/fakes/memory_host.ts";
import { conditionText } from "./conditions.ts";
import { inspectKubeletUnit, kubeletConditions, type UnitFile } from "./unit.ts";
import { kubeletUnitFiles } from "../../cluster/kubelet/unit.ts";
import {
  commandWords,
  environmentFile,
  flagValues,
  splitWords,
  unitSettings,
} from "../../cluster/kubelet/unit_syntax.ts";

const KUBELET = "/usr/bin/kubelet";
const [UNIT, DROP_IN] = kubeletUnitFiles(KUBELET) as UnitFile[] as [UnitFile, UnitFile];
/** A unit like that of the kubelet package: it starts a kubelet without a configuration. */
const PACKAGE = "[Service]\nExecStart=/usr/bin/kubelet\nRestart=always\n";
const FOLDER = "kubelet.service.d";
const HA_ETCD =
  "[Service]\nExecStart=\nExecStart=/usr/bin/kubelet --config=/etc/systemd/system/kubelet.service.d/kubelet.conf\n";
const FLAT = "[Service]\nEnvironmentFile=/var/lib/kubelet/kubeadm-flags.env\nExecStart=/usr/bin/kubelet \\\n" +
  "  --config /var/lib/kubelet/config.yaml --kubeconfig /etc/kubernetes/kubelet.conf \\\n  $KUBELET_KUBEADM_ARGS\n";
const WRAPPED = "[Service]\nExecStart=/bin/sh -c '. /var/lib/kubelet/kubeadm-flags.env; exec kubelet " +
  "--config=/var/lib/kubelet/config.yaml $KUBELET_KUBEADM_ARGS'\n";

/** Name, files, own paths, which of our files are written, the file at fault. */
const HOSTS: readonly [string, Record<string, string>, string[], string[], string | undefined][] = [
  ["a bare host", {}, [], [UNIT.path, DROP_IN.path], undefined],
  [
    "our own",
    { [UNIT.path]: "old", [DROP_IN.path]: "old" },
    [UNIT.path, DROP_IN.path],
    [UNIT.path, DROP_IN.path],
    undefined,
  ],
  [
    "the packages' unit and drop-in",
    {
      "/usr/lib/systemd/system/kubelet.service": PACKAGE,
      [`/usr/lib/systemd/system/${FOLDER}/10-kubeadm.conf`]: DROP_IN.content,
    },
    [],
    [],
    undefined,
  ],
  ["the packages' unit without kubeadm's drop-in", { "/usr/lib/systemd/system/kubelet.service": PACKAGE }, [], [
    UNIT.path,
    DROP_IN.path,
  ], undefined],
  [
    "kubeadm's old drop-in in /etc",
    { "/lib/systemd/system/kubelet.service": PACKAGE, [DROP_IN.path]: DROP_IN.content },
    [],
    [],
    undefined,
  ],
  [
    "a drop-in in /etc without a unit is kept where it fits",
    { [DROP_IN.path]: DROP_IN.content },
    [],
    [UNIT.path],
    undefined,
  ],
  ["a drop-in in /etc without a unit is refused where it does not fit", { [DROP_IN.path]: "[Service]\nUser=x\n" }, [], [
    UNIT.path,
  ], DROP_IN.path],
  ["a unit of one's own in one piece", { [UNIT.path]: FLAT }, [], [], undefined],
  ["a shell that starts the kubelet with our files", { [UNIT.path]: WRAPPED }, [], [], undefined],
  ["a unit of one's own for another purpose", { [UNIT.path]: PACKAGE }, [], [], UNIT.path],
  ["kubeadm's page on etcd", { [`/etc/systemd/system/${FOLDER}/20-etcd-service-manager.conf`]: HA_ETCD }, [], [
    UNIT.path,
    DROP_IN.path,
  ], `/etc/systemd/system/${FOLDER}/20-etcd-service-manager.conf`],
  [
    "a drop-in in /run, over our own",
    {
      [UNIT.path]: UNIT.content,
      [DROP_IN.path]: DROP_IN.content,
      [`/run/systemd/system/${FOLDER}/50-x.conf`]: HA_ETCD,
    },
    [UNIT.path, DROP_IN.path],
    [UNIT.path, DROP_IN.path],
    `/run/systemd/system/${FOLDER}/50-x.conf`,
  ],
  ["a drop-in before ours loses", { [`/etc/systemd/system/${FOLDER}/05-x.conf`]: HA_ETCD }, [], [
    UNIT.path,
    DROP_IN.path,
  ], undefined],
  [
    "a drop-in that only adds",
    { [`/etc/systemd/system/${FOLDER}/20-x.conf`]: "[Service]\nCPUQuota=50%\nEnvironment=A=b\n" },
    [],
    [
      UNIT.path,
      DROP_IN.path,
    ],
    undefined,
  ],
  [
    "a drop-in for all services",
    { "/etc/systemd/system/service.d/20-x.conf": HA_ETCD },
    [],
    [UNIT.path, DROP_IN.path],
    "/etc/systemd/system/service.d/20-x.conf",
  ],
  [
    "flags in /etc/default/kubelet",
    { "/etc/default/kubelet": 'KUBELET_EXTRA_ARGS="--v=4 --node-ip=192.0.2.1"\n' },
    [],
    [
      UNIT.path,
      DROP_IN.path,
    ],
    undefined,
  ],
  ["flags that lead elsewhere", { "/etc/sysconfig/kubelet": "KUBELET_EXTRA_ARGS=--kubeconfig=/x\n" }, [], [
    UNIT.path,
    DROP_IN.path,
  ], "/etc/sysconfig/kubelet"],
  ["a masked unit is another check's", { [UNIT.path]: "" }, [], [UNIT.path, DROP_IN.path], undefined],
];

for (const [name, files, own, written, fault] of HOSTS) {
  Deno.test(`the kubelet's unit: ${name}`, async () => {
    const host = memoryHost({ files: { [KUBELET]: "", ...files } }, () => {});
    const found = await inspectKubeletUnit(host, KUBELET, new Set(own));
    assert.deepEqual([found.files.map(({ path }) => path), found.problem?.where], [written, fault]);
  });
}

/** What a drop-in says, and whether systemd would pass over the kubelet for it, as far as that is known beforehand. */
const CONDITIONS: readonly [string, RegExp | undefined][] = [
  ["[Unit]\nConditionPathExists=/srv/ready\n", /has ConditionPathExists=\/srv\/ready, which is not met/],
  ["[Unit]\nAssertPathExists=/srv/ready\n", /AssertPathExists=\/srv\/ready/],
  ["[Unit]\nConditionPathExists=!/usr/bin/kubelet\n", /PathExists=!\/usr/],
  ["[Unit]\nConditionPathExists=/usr/bin/kubelet\n", undefined],
  ["[Unit]\nConditionPathExists=!/srv/ready\n", undefined],
  ["[Unit]\nConditionPathExists=/srv/ready\nConditionHost=x\nConditionPathExists=\n", undefined],
  ["[Unit]\nConditionPathExists=/var/lib/kubelet/config.yaml\nConditionPathExists=!/run/x\n", undefined],
  ["[Unit]\nConditionPathExists=|/srv/ready\nConditionVirtualization=no\n", undefined],
  ["[Service]\nExecCondition=/bin/false\n", undefined],
];

for (const [content, says] of CONDITIONS) {
  Deno.test(`the kubelet's unit: ${JSON.stringify(content)}`, async () => {
    const path = `/etc/systemd/system/${FOLDER}/20-x.conf`;
    const host = memoryHost({ files: { [KUBELET]: "", [path]: content } }, () => {});
    const { problem } = await inspectKubeletUnit(host, KUBELET, new Set());
    assert.equal(problem?.where, says && path);
    if (says) assert.match(problem!.what, says);
    if (says) assert.match(problem!.hint!, /Satisfy the condition, or remove it/);
  });
}

Deno.test("conditions in words: those that systemd means, each with its file", async () => {
  const path = `/etc/systemd/system/${FOLDER}/20-x.conf`;
  const content = "[Unit]\nConditionHost=a\nConditionPathExists=/b\n[Service]\nExecCondition=/bin/c d\n";
  const found = await kubeletConditions(memoryHost({ files: { [path]: content } }, () => {}));
  assert.equal(
    conditionText(found, { result: "success" }),
    `a condition of the unit is not met: ConditionHost=a in "${path}", or ConditionPathExists=/b in "${path}"`,
  );
  assert.match(conditionText(found, { result: "exec-condition" }), /is not met: ExecCondition=\/bin\/c d in "[^"]*"$/);
  assert.equal(conditionText([], { result: "success" }), "a condition of the unit is not met");
});

Deno.test("a unit's kubelet that is not there", async () => {
  const host = memoryHost({ files: { [UNIT.path]: FLAT } }, () => {});
  assert.match(
    (await inspectKubeletUnit(host, "/opt/bin/kubelet", new Set())).problem!.what,
    /"\/usr\/bin\/kubelet".*not exist/,
  );
});

Deno.test("systemd's syntax: settings, words, variables", () => {
  assert.deepEqual(unitSettings("# c\n[Service]\n Exec = a \\\n# in between\n  b\n;x=1\n[Install]\nA=\n"), [
    { section: "Service", name: "Exec", value: "a    b" },
    { section: "Install", name: "A", value: "" },
  ]);
  assert.deepEqual(splitWords(`a "b c" 'd "e' f\\ g "h\\"i"`), ["a", "b c", 'd "e', "f g", 'h"i']);
  assert.deepEqual([...environmentFile("# A=0\nA=\"b c\" \n export B=1\nC=\nA='x y'\n")], [["A", "x y"], ["C", ""]]);
  const variables = new Map([["X", `--a=1 "--b=2 3"`], ["Y", "z"]]);
  assert.deepEqual(commandWords("k $X --c=${Y} $NONE $$ x$Y", variables), [
    "k",
    "--a=1",
    "--b=2 3",
    "--c=z",
    "$",
    "x$Y",
  ]);
  assert.deepEqual([...flagValues(["k", "--a", "1", "-b=2", "--c", "--a=3", "--d="])], [["a", "3"], ["b", "2"], [
    "c",
    "",
  ], ["d", ""]]);
});
