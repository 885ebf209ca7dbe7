/**
 * The two kinds of compiled program, where tests and the lab find them. `compile.sh` makes the one that this machine can
 * link into `dist/`, and the self-extracting one wherever KUBEWRIGHT_DIST says.
 * @module
 */

const ROOT = new URL("../", import.meta.url).pathname;

/** As `version` tells them. */
export const KINDS = { compiled: "deno compile", "self-extracting": "self-extracting" } as const;
export type Kind = keyof typeof KINDS;

/** Where each kind is, and how it is made. */
const PLACES: Readonly<Record<Kind, { folder: string; made: string }>> = {
  compiled: { folder: "dist", made: "./compile.sh (DENORT_BIN, or a download of it, is needed)" },
  "self-extracting": {
    folder: "dist/self-extracting",
    made: "KUBEWRIGHT_KIND=self-extracting KUBEWRIGHT_DIST=dist/self-extracting ./compile.sh",
  },
};

/** The kinds that a name stands for: `both`, or one of them. */
export function kindsOf(name: string): readonly Kind[] {
  if (name === "both") return ["compiled", "self-extracting"];
  if (name in KINDS) return [name as Kind];
  throw new Error(`unknown kind of binary "${name}": must be one of ${Object.keys(KINDS).join(", ")}, both`);
}

/**
 * The path of the program of a kind, for this machine.
 * @throws when it is missing, or is of another kind; says how to make it.
 */
export async function binaryOfKind(kind: Kind): Promise<string> {
  const { folder, made } = PLACES[kind];
  const path = `${ROOT}${folder}/kubewright-linux-${Deno.build.arch}`;
  const unpack = await Deno.makeTempDir({ prefix: "kubewright-kind-" });
  try {
    const { stdout } = await new Deno.Command(path, {
      args: ["version"],
      env: { KUBEWRIGHT_UNPACK_DIR: unpack },
      stderr: "null",
    }).output();
    const said = /\(commit [\w-]+, ([^)]+)\)/.exec(new TextDecoder().decode(stdout))?.[1];
    if (said === KINDS[kind]) return path;
    throw new Error(`"${path}" is ${said ?? "no kubewright"}, must be the ${kind} binary: ${made}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`there is no ${kind} binary "${path}": make it by ${made}`);
  } finally {
    await Deno.remove(unpack, { recursive: true });
  }
}
