/**
 * Long files: memory and seconds of a write and of a download, beside `cp` and `sha256sum`.
 * `deno task bench-streams [rounds [bytes]]`
 * @module
 */
import { linuxHost } from "../../src/host/linux.ts";
import { httpDownload } from "../../src/kube/download.ts";
import { median, table } from "../lab/measure.ts";

const SELF = new URL(import.meta.url).pathname;

/** What is timed; each is a process of its own, as memory is counted by process. */
const WORK: Readonly<Record<string, (from: string, to: string, url: string) => string[]>> = {
  "cp, sync, sha256sum": (from, to) => ["sh", "-euc", 'cp "$0" "$1"; sync "$1"; sha256sum "$1"', from, to],
  "write": (from, to) => [Deno.execPath(), "run", "--no-check", "-A", SELF, "write", from, to],
  "download": (_from, to, url) => [Deno.execPath(), "run", "--no-check", "-A", SELF, "download", url, to],
};

/** Seconds and peak of the resident memory, in MB. */
interface Figures {
  seconds: number;
  megabytes: number;
}

/** What a process tells of itself at its end. */
async function inProcess(work: () => Promise<void>): Promise<void> {
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const status = await Deno.readTextFile("/proc/self/status");
  console.log(JSON.stringify({ seconds, megabytes: Number(/VmHWM:\s*(\d+)/.exec(status)![1]) * 1024 / 1e6 }));
}

/** Writes a file as `put` does, which hashes, syncs and renames. */
async function write(from: string, to: string): Promise<void> {
  const file = await Deno.open(from);
  const { size } = await file.stat();
  await linuxHost(() => {}).put({ path: to, mode: 0o644, content: { size, open: () => file.readable } });
}

async function download(url: string, to: string): Promise<void> {
  await httpDownload().toFile(url, linuxHost(() => {}), { path: to, mode: 0o644 }, { limit: Number.MAX_SAFE_INTEGER });
}

/** Serves the file on loopback; its first line is the URL. */
function serve(path: string): void {
  const onListen = ({ port }: Deno.NetAddr) => console.log(`http://127.0.0.1:${port}/`);
  Deno.serve({ hostname: "127.0.0.1", port: 0, onListen }, async () => {
    const file = await Deno.open(path);
    return new Response(file.readable, { headers: { "content-length": String((await file.stat()).size) } });
  });
}

async function timed(argv: readonly string[]): Promise<Figures> {
  const start = performance.now();
  const { success, stdout } = await new Deno.Command(argv[0]!, { args: argv.slice(1), stderr: "inherit" }).output();
  if (!success) throw new Error(`${argv.join(" ")} failed`);
  const text = new TextDecoder().decode(stdout);
  if (text.startsWith("{")) return JSON.parse(text);
  return { seconds: (performance.now() - start) / 1000, megabytes: NaN };
}

async function main(rounds: number, bytes: number): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "kubewright-bench-" });
  const [from, to] = [`${folder}/from`, `${folder}/to`];
  const server = new Deno.Command(Deno.execPath(), { args: ["run", "-A", SELF, "serve", from], stdout: "piped" })
    .spawn();
  try {
    await timed(["sh", "-euc", 'head -c "$0" /dev/urandom >"$1"', String(bytes), from]);
    const reader = server.stdout.getReader();
    const url = new TextDecoder().decode((await reader.read()).value).trim();
    const seen = new Map(Object.keys(WORK).map((name) => [name, [] as Figures[]]));
    for (let round = 0; round < rounds; round++) {
      for (const [name, argv] of Object.entries(WORK)) {
        seen.get(name)!.push(await timed(argv(from, to, url)));
        await timed(["cmp", from, to]);
        await Deno.remove(to);
      }
    }
    const peer = median(seen.values().next().value!.map(({ seconds }) => seconds));
    const lines = [...seen].map(([name, figures]) => {
      const seconds = median(figures.map((one) => one.seconds));
      const most = Math.max(...figures.map((one) => one.megabytes));
      return [name, seconds.toFixed(2), (seconds / peer).toFixed(2), Number.isNaN(most) ? "" : most.toFixed(0)];
    });
    console.log(`${bytes} bytes, ${rounds} rounds: medians, and the most memory of any round`);
    console.log(table([["", "s", "ratio", "MB"], ...lines]));
  } finally {
    server.kill();
    await server.status;
    await Deno.remove(folder, { recursive: true });
  }
}

const [mode, one, two] = Deno.args;
if (mode === "write") await inProcess(() => write(one!, two!));
else if (mode === "download") await inProcess(() => download(one!, two!));
else if (mode === "serve") serve(one!);
else await main(Number(mode ?? 3), Number(one ?? 1e9));
