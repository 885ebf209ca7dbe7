import { CONFIG, prepare, PROGRAM } from "../kubewright.ts";
import type { Scenario } from "../scenario.ts";
import { type Refusal, refused, succeeds } from "../trouble.ts";

const HASH = `sha256:${"0".repeat(64)}`;

/** Flags that are wrong, one in each way. */
const WRONG_FLAGS: readonly (Omit<Refusal, "code"> & { cause: string; argv: readonly string[] })[] = [
  { cause: "no command", argv: [], help: true, says: ["Usage: kubewright <command>", "init", "join"] },
  { cause: "unknown command", argv: ["inti"], says: ['unknown command "inti"', "did you mean init?", "--help"] },
  {
    cause: "unknown flags",
    argv: ["init", "--pod-network-cdir", "10.244.0.0/16", "--dry-rum"],
    says: ["--pod-network-cdir", "did you mean --pod-network-cidr?", "--dry-rum", "did you mean --dry-run?"],
  },
  { cause: "unknown flag of join", argv: ["join", "k9", "--tokne", "x"], says: ["did you mean --token?"] },
  {
    cause: "no duration",
    argv: ["init", "--token-ttl=1 day"],
    says: ["--token-ttl: must be a duration", 'got "1 day"'],
  },
  { cause: "flag without its value", argv: ["init", "--token-ttl="], says: ["--token-ttl", "requires a value"] },
  {
    cause: "wrong values",
    argv: [
      "init",
      "--pod-network-cidr=10.0.0.0/99",
      "--service-cidr=10.96.0.0",
      "--kubernetes-version=v1.x",
      "--apiserver-advertise-address=10.0.0.300",
      "--node-name=Bad_Name",
    ],
    says: ["--pod-network-cidr", "10.0.0.0/99", "--service-cidr", "--kubernetes-version", "v1.x"].concat(
      "--apiserver-advertise-address",
      "10.0.0.300",
      "--node-name",
      "bad_name",
    ),
  },
  {
    cause: "wrong values of join",
    argv: ["join", "10.0.0.1:99999", "--token=abcdef.0123456789abcdefg", "--discovery-token-ca-cert-hash=sha256:12"],
    says: ["10.0.0.1:99999", "--token", "--discovery-token-ca-cert-hash", "64"],
  },
  {
    cause: "join without a hash",
    argv: ["join", "10.0.0.1", "--token=abcdef.0123456789abcdef"],
    says: ["hash", "--discovery-token-unsafe-skip-ca-verification"],
  },
  {
    cause: "join without a token",
    argv: ["join", "10.0.0.1", `--discovery-token-ca-cert-hash=${HASH}`],
    says: ["token", "required"],
  },
  { cause: "version not supported", argv: ["init", "--kubernetes-version=v1.20.0"], says: ["v1.20.0", "1.37"] },
  { cause: "no such file", argv: ["init", "--config", "/root/none.yaml"], says: ["--config", '"/root/none.yaml"'] },
  { cause: "no such manifest", argv: ["init", "--cni", "/root/none.yaml"], says: ["--cni", '"/root/none.yaml"'] },
  { cause: "no such phase", argv: ["init", "--skip-phases=addons"], says: ["addons", "addon/coredns"] },
];

const BROKEN_YAML = 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nnetworking: {podSubnet: "x\n';

const WRONG_YAML = `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: newest
networking: {podSubnet: 10.244.0.0/99, serviceSubnt: 10.96.0.0/12}
apiServer: {extraArgs: {v: "5"}}
certificateValidityPeriod: 1y
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
bootstrapTokens: [{token: abcdef.0123456789abcdef0, ttl: soon}]
localAPIEndpoint: {bindPort: 123456}
nodeRegistration: {name: -x}
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
maxPods: many
`;

export const scenario: Scenario = {
  name: "trouble-input",
  summary: "not root, wrong flags and wrong configuration: all problems at once, nothing changed, then init succeeds",
  async run(t) {
    const k1 = await t.step("host boots", () => t.host("k1"));
    await prepare(k1);
    for (const { cause, argv, ...rest } of WRONG_FLAGS) await refused(t, k1, cause, argv, { code: 3, ...rest });
    await k1.write("/root/broken.yaml", BROKEN_YAML);
    await refused(t, k1, "broken YAML", ["init", "--config", "/root/broken.yaml"], {
      code: 3,
      says: [/\/root\/broken\.yaml:\d+:\d+/],
    });
    await k1.write("/root/wrong.yaml", WRONG_YAML);
    await refused(t, k1, "wrong fields", ["init", "--config", "/root/wrong.yaml"], {
      code: 3,
      says: [
        "ClusterConfiguration.kubernetesVersion",
        "ClusterConfiguration.networking.podSubnet",
        "ClusterConfiguration.networking.serviceSubnt",
        "serviceSubnet",
        "ClusterConfiguration.apiServer.extraArgs",
        "ClusterConfiguration.certificateValidityPeriod",
        "InitConfiguration.bootstrapTokens[0].token",
        "InitConfiguration.bootstrapTokens[0].ttl",
        "InitConfiguration.localAPIEndpoint.bindPort",
        "InitConfiguration.nodeRegistration.name",
        "KubeletConfiguration.maxPods",
      ],
    });
    const command = ["init", "--config", CONFIG];
    const asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", PROGRAM];
    const before = await k1.snapshot(["/etc", "/var/lib/kubewright"]);
    for (const argv of [["init"], ["join", "10.0.0.1", "--token", "abcdef.0123456789abcdef"], command]) {
      const full = argv[0] === "join" ? [...argv, `--discovery-token-ca-cert-hash=${HASH}`] : argv;
      const output = await k1.exec([...asNobody, ...full], { check: false });
      t.log(`not root, ${argv.slice(0, 2).join(" ")}: exit ${output.code}`);
      t.equal(output.code, argv === command ? 3 : 2, `exit code of ${argv[0]} as nobody, who said:\n${output.stderr}`);
      t.includes(output.stderr, /root/, "the message to nobody");
      t.includes(output.stderr, "next:", "the message to nobody");
    }
    t.equal([...await k1.snapshot(["/etc", "/var/lib/kubewright"])], [...before], "the files after nobody's runs");
    await succeeds(t, k1, command);
    const again = await k1.exec([...asNobody, "init"], { check: false });
    t.equal(again.code, 2, `exit code of init as nobody on a node, who said:\n${again.stderr}`);
    await t.noPulls();
  },
};
