/**
 * `init phase certs all` on this machine, in a folder of its own, killed at Changes and run again: every pair belongs
 * together, what was whole stays, nothing is left over. KUBEWRIGHT_FAILPOINTS=all kills at each Change, else at some.
 * @module
 */
import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";

const PROGRAM = new URL("./scratch.ts", import.meta.url).pathname;

interface Place {
  dir: string;
  run(failpoint?: string): Promise<Deno.CommandOutput>;
  files(): Promise<Map<string, string>>;
}

async function inPlace(body: (place: Place) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "kubewright-failpoints-" });
  const documents = [
    {
      kind: "InitConfiguration",
      localAPIEndpoint: { advertiseAddress: "192.0.2.10" },
      nodeRegistration: { name: "n1", criSocket: "unix:///s" },
    },
    {
      kind: "ClusterConfiguration",
      kubernetesVersion: "v1.37.2",
      encryptionAlgorithm: "ECDSA-P256",
      certificatesDir: `${dir}/pki`,
    },
  ];
  await Deno.writeTextFile(
    `${dir}/config.yaml`,
    documents.map((one) => JSON.stringify({ apiVersion: "kubeadm.k8s.io/v1beta4", ...one })).join("\n---\n"),
  );
  const run = (failpoint = "") =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "-A", PROGRAM, "init", "phase", "certs", "all", "--config", `${dir}/config.yaml`],
      env: { KUBEWRIGHT_STATE: `${dir}/state`, KUBEWRIGHT_FAILPOINT: failpoint },
    }).output();
  const files = async () => {
    const found = new Map<string, string>();
    for (const folder of [`${dir}/pki`, `${dir}/pki/etcd`]) {
      for await (const { name, isFile } of Deno.readDir(folder)) {
        if (isFile) found.set(`${folder}/${name}`.slice(dir.length), await Deno.readTextFile(`${folder}/${name}`));
      }
    }
    return found;
  };
  try {
    await Deno.mkdir(`${dir}/state`);
    await body({ dir, run, files });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Names of the files, each certificate with whether it belongs to its key. */
function shape(files: ReadonlyMap<string, string>): string[] {
  return [...files].map(([path, text]) => {
    const key = files.get(path.replace(/\.crt$/, ".key"));
    const fits = path.endsWith(".crt") && new X509Certificate(text).checkPrivateKey(createPrivateKey(key!));
    return path.endsWith(".crt") ? `${path} ${fits}` : path;
  }).sort();
}

const words = ({ stderr }: Deno.CommandOutput) => new TextDecoder().decode(stderr);

Deno.test("failpoints: init phase certs, killed before and after Changes, run again, ends as undisturbed", async () => {
  let whole: string[] = [];
  let count = 0;
  await inPlace(async ({ dir, run, files }) => {
    const ran = await run(`count:${dir}/changes`);
    assert.equal(ran.code, 0, words(ran));
    count = (await Deno.readTextFile(`${dir}/changes`)).trim().split("\n").length;
    whole = shape(await files());
    assert.ok(count >= whole.length && whole.every((line) => !line.endsWith("false")), whole.join("\n"));
  });
  const step = Deno.env.get("KUBEWRIGHT_FAILPOINTS") === "all" ? 1 : Math.ceil(count / 2);
  for (let n = Math.ceil(step / 2); n <= count; n += step) {
    for (const failpoint of [`before:${n}`, `after:${n}`]) {
      await inPlace(async ({ dir, run, files }) => {
        assert.equal((await run(failpoint)).signal, "SIGKILL", failpoint);
        const before = await files().catch(() => new Map<string, string>());
        const again = await run();
        assert.equal(again.code, 0, `${failpoint}: ${words(again)}`);
        const after = await files();
        assert.deepEqual(shape(after), whole, failpoint);
        for (const [path, text] of before) {
          if (!path.includes("/.")) assert.equal(after.get(path), text, `${failpoint}: ${path} stays`);
        }
        const third = await run(`count:${dir}/changes`);
        assert.equal(third.code, 0, words(third));
        await assert.rejects(
          Deno.stat(`${dir}/changes`),
          Deno.errors.NotFound,
          `${failpoint}: a third run changes nothing`,
        );
        await assert.rejects(Deno.stat(`${dir}/state/run`), Deno.errors.NotFound, `${failpoint}: the lock is gone`);
      });
    }
  }
});
