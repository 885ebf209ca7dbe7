/**
 * The commands of the documentation that need a host: each page's blocks marked `lab=<host>`, in order, on fresh hosts. A
 * page that does not run `kubewright init` itself starts with a cluster of its hosts.
 *
 * @module
 */

import { type Block, outputOf, type Page, readPage } from "../../../_tools/docs/markdown.ts";
import { pagePaths, textIn } from "../../../_tools/docs/pages.ts";
import { isShown } from "../../docs/shown.ts";
import { IGNORED_PREFLIGHT_ERRORS } from "../config.ts";
import type { Host } from "../host.ts";
import { CONFIG, init, join, joinArguments, prepare, PROGRAM } from "../kubewright.ts";
import { Lab } from "../lab.ts";
import type { Run, Scenario } from "../scenario.ts";

/** Hosts that pages may name. */
const HOSTS = ["cp", "worker"];
/** The compiled program; a wrapper has its place. */
const REAL = "/usr/local/lib/lab/kubewright";

/**
 * What the lab needs and a page does not show: its configuration for an `init` without one, and the checks that cannot
 * pass on this machine.
 */
const WRAPPER = `#!/bin/sh
case "$*" in
"init "*--config* | "join "*) set -- "$@" --ignore-preflight-errors=${IGNORED_PREFLIGHT_ERRORS.join(",")} ;;
init | "init "*) set -- "$@" --config ${CONFIG} ;;
esac
exec ${REAL} "$@"
`;

/** The hosts of one page, made when a block first names them. */
class PageHosts {
  readonly #lab: Lab;
  readonly #hosts = new Map<string, Promise<Host>>();
  /** The words of the join command that was printed last. */
  #join: string | undefined;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  host(name: string): Promise<Host> {
    const making = this.#hosts.get(name) ?? this.#make(name);
    this.#hosts.set(name, making);
    return making;
  }

  async #make(name: string): Promise<Host> {
    if (!HOSTS.includes(name)) {
      throw new Error(`"${name}" is not a host of this scenario: must be ${HOSTS.join(" or ")}`);
    }
    const host = await this.#lab.host(name);
    await prepare(host);
    await host.install("kubectl");
    return host;
  }

  /** A cluster of these hosts; `cp` is always one of them. */
  async cluster(names: readonly string[]): Promise<void> {
    const cp = await this.host("cp");
    const initialized = await init(cp);
    for (const name of names.filter((name) => name !== "cp")) {
      await join(await this.host(name), joinArguments(initialized));
    }
    await cp.kubectl("wait", "--for=condition=Ready", "node", "--all", "--timeout=120s");
  }

  /** Runs a block; everything that it prints. */
  async run(block: Block): Promise<{ code: number; output: string }> {
    const host = await this.host(block.marks["lab"]!);
    await host.exec(["sh", "-euc", `[ -e ${REAL} ] || { mkdir -p $(dirname ${REAL}); mv ${PROGRAM} ${REAL}; }`]);
    await host.write(PROGRAM, WRAPPER, 0o755);
    const script = block.text.replaceAll(/^(sudo )?kubewright join .*…(?:.*\\\n)*.*$/gm, () => {
      if (this.#join === undefined) throw new Error("no join command was printed before this block");
      return this.#join;
    });
    const env = { KUBECONFIG: "/etc/kubernetes/admin.conf", COLUMNS: "100" };
    const words = ["sh", "-ec", `cd /root; sudo() { "$@"; }; exec 2>&1\n${script}`];
    const { code, stdout } = await host.exec(words, { check: false, timeout: 600_000, env });
    const printed = [...stdout.matchAll(/kubewright join [^\n]*(?:\\\n[^\n]*)*/g)].map(([command]) => command);
    this.#join = printed.findLast((command) => command.includes("--token")) ?? this.#join;
    return { code, output: stdout };
  }
}

/** Runs the blocks of a page in order; throws at the first that does not do what the page shows. */
async function runPage(t: Run, lab: Lab, path: string, page: Page): Promise<number> {
  const hosts = new PageHosts(lab);
  const blocks = page.blocks.filter(({ marks }) => "lab" in marks);
  const makesCluster = blocks.some(({ text }) => /^(sudo )?kubewright init(?!.*--dry-run)/m.test(text));
  const names = [...new Set(blocks.map(({ marks }) => marks["lab"]!))];
  if (!makesCluster) await t.step(`${path}: a cluster`, () => hosts.cluster(names));
  let count = 0;
  for (const block of blocks) {
    const { lab: name, file } = block.marks;
    if (file !== undefined) {
      await (await hosts.host(name!)).write(file.startsWith("/") ? file : `/root/${file}`, `${block.text}\n`);
      continue;
    }
    const where = `${path}:${block.line} on ${name}`;
    const { code, output } = await t.step(where, () => hosts.run(block));
    count++;
    const expected = Number(block.marks["exit"] ?? 0);
    if (code !== expected) throw new Error(`${where}: exit code ${code}, expected ${expected}; it printed\n${output}`);
    const shown = outputOf(page, block);
    if (shown && !isShown(shown.text, output)) {
      throw new Error(`${where}: the page shows\n${shown.text}\nand it printed\n${output}`);
    }
  }
  return count;
}

export const scenario: Scenario = {
  name: "docs",
  summary: "the documentation's commands that need a host, page by page, with the output that it shows",
  async run(t) {
    let count = 0;
    const wrong: string[] = [];
    for (const path of pagePaths()) {
      const page = readPage(textIn(path));
      if (!page.blocks.some(({ marks }) => "lab" in marks)) continue;
      const name = `${t.lab.name}-${path.replace(/\.md$/, "").replaceAll(/[^a-z0-9]+/gi, "-").toLowerCase()}`;
      await using lab = await Lab.create({ name });
      // A page that is wrong does not hide what is wrong in the others.
      await runPage(t, lab, path, page).then((blocks) => count += blocks, (error) => {
        t.log(`FAILED ${error.message}`);
        wrong.push(error.message);
      });
    }
    if (wrong.length > 0) throw new Error(`${wrong.length} pages are wrong:\n${wrong.join("\n")}`);
    if (count === 0) throw new Error("no page has blocks for the lab");
    t.log(`${count} blocks`);
  },
};
