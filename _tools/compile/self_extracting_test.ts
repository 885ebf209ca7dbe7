// The head of a self-extracting file, with a shell script in place of deno.
import assert from "node:assert/strict";
import { PROGRAM_DIRECTORIES } from "../../src/programs.ts";

/** What is unpacked and run: it tells what it was given. */
const PROGRAM = `#!/bin/sh
[ "$1" != --version ] || exit 0
echo "path=\${PATH-unset} arguments=$*"
`;

const run = async (program: string, args: string[], env: Record<string, string>, options: Deno.CommandOptions = {}) => {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    env,
    clearEnv: true,
    stdin: "null",
    ...options,
  })
    .output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
};

const hex = (bytes: ArrayBuffer) =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
const sha256 = async (bytes: Uint8Array<ArrayBuffer>) => hex(await crypto.subtle.digest("SHA-256", bytes));

/** A file as compile.sh makes it. */
async function selfExtracting(path: string): Promise<void> {
  const encode = (text: string) => new TextEncoder().encode(text);
  const files: [string, Uint8Array<ArrayBuffer>][] = [["deno", encode(PROGRAM)], [
    "program/entry.js",
    encode("// entry\n"),
  ]];
  const parts: string[] = [];
  const sums: string[] = [];
  const payload: Uint8Array[] = [];
  let at = 0;
  for (const [name, content] of files) {
    const packed = new Uint8Array(
      await new Response(new Blob([content]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer(),
    );
    parts.push(`${name} ${at} ${packed.length}`);
    sums.push(`${await sha256(content)}  ${name}`);
    payload.push(packed);
    at += packed.length;
  }
  const machine = Deno.build.arch === "aarch64" ? "arm64" : "x86_64";
  const body = await Deno.readTextFile(new URL("self_extracting.sh", import.meta.url));
  const head = (payloadAt: number) =>
    encode(
      `#!/bin/sh\ntarget='${machine}'\ncontent='${"c".repeat(64)}'\nunpacked=1\npermissions='--allow-read'\n` +
        `parts='${parts.join("\n")}'\nsums='${sums.join("\n")}'\npayload_at=${String(payloadAt).padEnd(12)}\n${body}`,
    );
  await Deno.writeFile(path, new Uint8Array([...head(head(0).length), ...payload.flatMap((part) => [...part])]));
  await Deno.chmod(path, 0o755);
}

/** Shells that /bin/sh is on some host, each once. */
function shells(): string[] {
  const paths = ["/bin/sh", "/bin/dash", "/bin/bash", "/bin/busybox"].flatMap((path) => {
    try {
      return [Deno.realPathSync(path)];
    } catch {
      return [];
    }
  });
  return [...new Set(paths)];
}

Deno.test("self-extracting head: neither the caller's PATH nor its functions choose what runs", async (t) => {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "kubewright-head-" }));
  try {
    const file = `${folder}/kubewright`;
    await selfExtracting(file);
    await Deno.mkdir(`${folder}/evil`);
    const tools = [
      "id",
      "uname",
      "ls",
      "mkdir",
      "mv",
      "rm",
      "chmod",
      "tail",
      "head",
      "gzip",
      "sha256sum",
      "printf",
      "kill",
    ];
    for (const tool of tools) {
      await Deno.writeTextFile(`${folder}/evil/${tool}`, `#!/bin/sh\ntouch ${folder}/PWNED\n`, { mode: 0o755 });
    }
    const functions = Object.fromEntries(
      [...tools, "command", "[", "unset", "read", "cd"].map((
        name,
      ) => [`BASH_FUNC_${name}%%`, `() { : >${folder}/PWNED; }`]),
    );
    const isPwned = () => Deno.stat(`${folder}/PWNED`).then(() => true, () => false);
    let number = 0;
    const unpackInto = () => ({ KUBEWRIGHT_UNPACK_DIR: `${folder}/unpack${number++}` });
    const told = (path: string) =>
      new RegExp(`^path=${path} arguments=run .*--allow-read \\S+/program/entry\\.js a b\\n$`);

    for (const shell of shells()) {
      // bash called sh is what /bin/sh is on many hosts, and only so reads no BASH_ENV.
      const called = `${folder}/${shell.replaceAll("/", "-")}/sh`;
      await Deno.mkdir(called.slice(0, -3));
      await Deno.symlink(shell, called);
      const go = (env: Record<string, string>) => run(called, [file, "a", "b"], { ...unpackInto(), ...env });
      const cases: [string, Record<string, string>, string][] = [
        ["programs of the caller's", { PATH: `${folder}/evil:/usr/bin:/bin` }, `${folder}/evil:/usr/bin:/bin`],
        ["a PATH that leads nowhere", { PATH: "/nonexistent" }, "/nonexistent"],
        ["an empty PATH", { PATH: "" }, ""],
        ["functions of the caller's", { PATH: "/bin", ...functions }, "/bin"],
        ["options for gzip", { PATH: "/bin", GZIP: "--list" }, "/bin"],
      ];
      for (const [name, env, path] of cases) {
        await t.step(`${shell}: ${name}`, async () => {
          const ended = await go(env);
          assert.equal(ended.code, 0, ended.err);
          assert.equal(ended.err, "");
          assert.match(ended.out, told(path));
          assert.equal(await isPwned(), false);
        });
      }
      await t.step(`${shell}: no PATH`, async () => {
        const ended = await go({});
        assert.equal(ended.code, 0, ended.err);
        assert.match(ended.out, /^path=\S* arguments=run /); // a shell gives itself one
      });
      await t.step(`${shell}: a folder that others may write, whose name has to be quoted`, async () => {
        const loose = `${folder}/it's $(id)`;
        await Deno.mkdir(loose, { recursive: true });
        await Deno.chmod(loose, 0o777);
        const refused = await go({ PATH: "/bin", KUBEWRIGHT_UNPACK_DIR: loose });
        assert.equal(refused.code, 1);
        assert.ok(refused.err.includes(`chmod go-w '${folder}/it'\\''s $(id)' (`), refused.err);
      });
      if (!shell.endsWith("/bash")) continue; // others do not look for a script by the PATH
      await t.step(`${shell}: by its name alone`, async () => {
        const ended = await run(called, ["kubewright", "a", "b"], { ...unpackInto(), PATH: folder }, { cwd: "/" });
        assert.match(ended.out, told(folder), ended.err);
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("self-extracting head: looks for programs where the program does", async () => {
  const head = await Deno.readTextFile(new URL("self_extracting.sh", import.meta.url));
  const [first = "", ...more] = [...head.matchAll(/^PATH=(.*)$/gm)].map(([, value]) => value!);
  assert.equal([first, ...more.map((value) => value.replace(/^\$PATH/, ""))].join(""), PROGRAM_DIRECTORIES.join(":"));
});
