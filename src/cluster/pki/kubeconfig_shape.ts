/**
 * What a kubeconfig may hold: client-go's types. Fields that they do not have are not looked at, as there.
 * @see https://github.com/kubernetes/client-go/blob/v0.37.2/tools/clientcmd/api/v1/types.go
 * @module
 */
import { checkShape, type Schema } from "../../config/schema.ts";
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

/** Lists whose entries client-go knows by name. */
const NAMED = ["clusters", "contexts", "users"] as const;

/**
 * The fields of a kubeconfig, as client-go decodes them: of the first document, which need not say what it is.
 * @param refuse makes the error, of what is wrong.
 * @throws {InvalidInput} when it is not valid YAML; what `refuse` makes for other kinds, types and names used twice. Never
 * shows a secret.
 */
export function readKubeconfigFields(
  text: string,
  source: string,
  refuse: (state: string) => Error,
): Record<string, unknown> {
  const value = parseFirst(text, source);
  if (value === undefined || value === null) throw refuse("its first document is empty");
  if (!isMapping(value)) throw refuse("it is not a mapping");
  let wrong: string | undefined;
  const report = (path: string, what: string) => {
    // A text in a wrong place may be anything.
    wrong ??= `${path.replace(/^kubeconfig\./, "")}: ${what.replace(/is the text ".*"/s, "is text")}`;
  };
  const body = checkShape(KUBECONFIG, value, "kubeconfig", report, "ignore") as Record<string, unknown>;
  if (wrong !== undefined) throw refuse(wrong);
  const [apiVersion, kind] = [body.apiVersion || "v1", body.kind || "Config"];
  if (apiVersion !== "v1" || kind !== "Config") throw refuse(`it is ${apiVersion} ${kind} instead of v1 Config`);
  for (const field of NAMED) {
    const names = (body[field] as { name?: string }[] | undefined ?? []).map(({ name = "" }) => name);
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) throw refuse(`two of its ${field} have the name "${twice}"`);
  }
  return value;
}
