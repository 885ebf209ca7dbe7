import assert from "node:assert/strict";
import { InvalidInput } from "../../errors.ts";
import { parseKubeconfig } from "./kubeconfigs.ts";

const BODY = `clusters:
- name: c
  cluster: {server: "https://127.0.0.1:1"}
contexts:
- name: x
  context: {cluster: c, user: u}
current-context: x
users:
- name: u
  user: {token: abc}
`;
const HEAD = "apiVersion: v1\nkind: Config\n";
const WHOLE = HEAD + BODY;
const other = (from: string, to: string) => WHOLE.replace(from, to);

/** What kubeadm 1.37.2 connects with, to the same server. */
const READ: Readonly<Record<string, string>> = {
  "a whole one": WHOLE,
  "no apiVersion and no kind": BODY,
  "no kind": `apiVersion: v1\n${BODY}`,
  "empty ones": `apiVersion: ""\nkind: ~\n${BODY}`,
  "a second document": `${WHOLE}---\n${other("127.0.0.1:1", "127.0.0.1:2")}`,
  "no YAML behind it": `${WHOLE}---\n{\n`,
  "a separator and a comment before it": `# x\n---\n${WHOLE}`,
  "a field twice": `${HEAD}current-context: y\nclusters: []\n${BODY}`,
  "a field twice within": other(
    '{server: "https://127.0.0.1:1"}',
    '{server: "https://a", server: "https://127.0.0.1:1"}',
  ),
  "unknown fields": `foo: 1\n${other("token: abc", "token: abc, foo: 1")}`,
  "an empty entry": other("contexts:", "- null\ncontexts:"),
  "extensions": `extensions: [{name: a, extension: {kind: x}}]\n${WHOLE}`,
  "JSON with a field twice": '{"clusters":[{"name":"c","cluster":{"server":"https://127.0.0.1:1"}}],' +
    '"contexts":[{"name":"x","context":{"cluster":"c"}}],"current-context":"y","current-context":"x"}',
};

for (const [what, text] of Object.entries(READ)) {
  Deno.test(`parseKubeconfig() reads ${what}`, () => {
    const { server, clusterName } = parseKubeconfig(text, "x.conf");
    assert.deepEqual([server, clusterName], ["https://127.0.0.1:1", "c"]);
  });
}

/** What kubeadm 1.37.2 refuses. */
const REFUSED: Readonly<Record<string, readonly [string, RegExp]>> = {
  "another kind": [`apiVersion: v1\nkind: Secret\n${BODY}`, /must be v1 Config; got v1 Secret$/],
  "another version": [`apiVersion: v2\n${BODY}`, /must be v1 Config; got v2 Config$/],
  "a version that is a number": [`apiVersion: 1\n${BODY}`, /apiVersion: must be a string in quotes; got the number 1/],
  "nothing": ["", /the first document is empty$/],
  "an empty first document": [`---\n---\n${WHOLE}`, /first document is empty$/],
  "a list": ["[]", /must be a mapping; got a list$/],
  "a text": ["s3cret", /must be a mapping; got a scalar$/],
  "two clusters of one name": [
    other("contexts:", "- name: c\n  cluster: {server: 'https://127.0.0.1:2'}\ncontexts:"),
    /clusters: duplicate name "c"$/,
  ],
  "two users of one name": [`${WHOLE}- name: u\n  user: {token: s3cret}\n`, /users: duplicate name "u"$/],
  "two contexts of one name": [
    other("current-context", "- name: x\n  context: {}\ncurrent-context"),
    /contexts: duplicate name "x"$/,
  ],
  "two without a name": [
    other("contexts:", "- {cluster: {}}\n- {cluster: {}}\ncontexts:"),
    /clusters: duplicate name ""$/,
  ],
  "a name that is a number": [
    other("name: c", "name: 1"),
    /clusters\[0\]\.name: must be a string in quotes; got the number 1/,
  ],
  "such a name elsewhere": [other("contexts:", "- name: 5\ncontexts:"), /clusters\[1\]\.name: must be a string/],
  "a cluster that is a number": [
    other("cluster: c,", "cluster: 1,"),
    /contexts\[0\]\.context\.cluster: must be a string/,
  ],
  "a current context that is a number": [other("context: x\n", "context: 1\n"), /current-context: must be a string/],
  "a server that is true": [
    other('"https://127.0.0.1:1"', "true"),
    /cluster\.server: must be a string in quotes; got the boolean true/,
  ],
  "a token that is a number": [
    other("token: abc", "token: 31337"),
    /users\[0\]\.user\.token: must be a string in quotes$/,
  ],
  "a text instead of a list": [`${HEAD}users: s3cret\n`, /users: must be a list; got a string$/],
  "a mapping instead of a list": [`${HEAD}clusters: {name: c}\n`, /clusters: must be a list; got a mapping$/],
  "a text instead of a switch": [
    other('1"}', '1", insecure-skip-tls-verify: "true"}'),
    /skip-tls-verify: must be true or false/,
  ],
};

for (const [what, [text, says]] of Object.entries(REFUSED)) {
  Deno.test(`parseKubeconfig() refuses ${what}`, () => {
    assert.throws(() => parseKubeconfig(text, "x.conf"), (error: InvalidInput) => {
      assert.ok(error instanceof InvalidInput, String(error));
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /s3cret|31337/);
      return true;
    });
  });
}
