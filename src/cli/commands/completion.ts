import type { CommandSpec } from "../flags.ts";

/** `completion`. */
export const COMPLETION_COMMANDS: readonly CommandSpec[] = [
  {
    name: "completion",
    operands: "bash|zsh|fish",
    maxOperands: 1,
    summary: "print what makes a shell complete the words of this program",
    output: "document",
    flags: [],
    examples: [
      "source <(kubewright completion bash)",
      "kubewright completion bash >/etc/bash_completion.d/kubewright",
      "kubewright completion zsh >/usr/local/share/zsh/site-functions/_kubewright",
      "kubewright completion fish | source",
    ],
  },
];
