/**
 * The fields of a kubeconfig: client-go's types. Other fields are ignored, as in client-go.
 * @see https://github.com/kubernetes/client-go/blob/v0.37.2/tools/clientcmd/api/v1/types.go
 * @module
 */
import { checkShape, type Schema } from "../../config/schema.ts";
import { duplicate, mustBe } from "../../config/wording.ts";
import { isMapping, parseFirst } from "../../config/yaml.ts";

const TEXT: Schema = { type: "text" };
const SECRET: Schema = { type: "text", secret: true };
const BOOLEAN: Schema = { type: "boolean" };
const ANYTHING: Schema = { type: "anything" };

const list = (of: Schema): Schema => ({ type: "list", of });
const map = (of: Schema): Schema => ({ type: "map", of });
const fields = (texts: string, others: Readonly<Record<string, Schema>> = {}): Schema => ({
  type: "fields",
  fields: { ...Object.fromEntries(texts.split(" ").map((name) => [name, TEXT])), ...others },
});

const EXTENSIONS = list(fields("name", { extension: ANYTHING }));

const CLUSTER = fields("server tls-server-name certificate-authority certificate-authority-data proxy-url", {
  "insecure-skip-tls-verify": BOOLEAN,
  "disable-compression": BOOLEAN,
  extensions: EXTENSIONS,
});

const USER = fields("client-certificate client-certificate-data client-key tokenFile as as-uid username", {
  "client-key-data": SECRET,
  token: SECRET,
  password: SECRET,
  "as-groups": list(TEXT),
  "as-user-extra": map(list(TEXT)),
  "auth-provider": fields("name", { config: map(SECRET) }),
  exec: fields("command apiVersion installHint interactiveMode", {
    args: list(SECRET),
    env: list(fields("name", { value: SECRET })),
    provideClusterInfo: BOOLEAN,
  }),
  extensions: EXTENSIONS,
});

const KUBECONFIG = fields("apiVersion kind current-context", {
  preferences: fields("", { colors: BOOLEAN, extensions: EXTENSIONS }),
  clusters: list(fields("name", { cluster: CLUSTER })),
  contexts: list(fields("name", { context: fields("cluster user namespace", { extensions: EXTENSIONS }) })),
  users: list(fields("name", { user: USER })),
  extensions: EXTENSIONS,
});

/** Lists whose entries client-go identifies by name. */
const NAMED = ["clusters", "contexts", "users"] as const;

/**
 * Reads the fields of a kubeconfig like client-go: of the first document, which may lack apiVersion and kind.
 * @param refuse creates the error for a problem.
 * @throws {InvalidInput} when it is not valid YAML; the error of `refuse` for other kinds, types and duplicate names. Never
 * shows a secret.
 */
export function readKubeconfigFields(
  text: string,
  source: string,
  refuse: (state: string) => Error,
): Record<string, unknown> {
  const value = parseFirst(text, source);
  if (value === undefined || value === null) throw refuse("the first document is empty");
  if (!isMapping(value)) throw refuse(mustBe("a mapping", Array.isArray(value) ? "a list" : "a scalar"));
  let wrong: string | undefined;
  const report = (path: string, what: string) => {
    // A string in the wrong place may be a secret.
    wrong ??= `${path.replace(/^kubeconfig\./, "")}: ${what.replace(/got the string ".*"/s, "got a string")}`;
  };
  const body = checkShape(KUBECONFIG, value, "kubeconfig", report, "ignore") as Record<string, unknown>;
  if (wrong !== undefined) throw refuse(wrong);
  const [apiVersion, kind] = [body.apiVersion || "v1", body.kind || "Config"];
  if (apiVersion !== "v1" || kind !== "Config") throw refuse(mustBe("v1 Config", `${apiVersion} ${kind}`));
  for (const field of NAMED) {
    const names = (body[field] as { name?: string }[] | undefined ?? []).map(({ name = "" }) => name);
    const repeated = names.find((name, i) => names.indexOf(name) < i);
    if (repeated !== undefined) throw refuse(`${field}: ${duplicate(repeated, "name")}`);
  }
  return value;
}
