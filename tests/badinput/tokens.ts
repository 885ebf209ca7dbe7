/** Bootstrap tokens, pins of the cluster's CA, and groups and usages of tokens. @module */
import { API_VERSION, type BadInput, type Category, CONFIG, HASH, init, JOIN, join, line, TOKEN } from "./case.ts";

/** Texts that are no token; the secret half, if there is one, is never to be seen. */
const WRONG_TOKENS: readonly (readonly [string, string])[] = [
  ["too short an id", "abcde.0123456789abcdef"],
  ["too long an id", "abcdefg.0123456789abcdef"],
  ["too short a secret", "abcdef.0123456789abcde"],
  ["too long a secret", "abcdef.0123456789abcdef0"],
  ["upper case", "ABCDEF.0123456789ABCDEF"],
  ["no dot", "abcdef0123456789abcdef"],
  ["a colon for the dot", "abcdef:0123456789abcdef"],
  ["two dots", "abcdef..0123456789abcdef"],
  ["three parts", "abcdef.0123456789abcdef.x"],
  ["a space inside", "abcdef. 0123456789abcde"],
  ["a line break inside", "abcdef.01234567\n9abcdef"],
  ["a letter that is not ASCII", "abcdéf.0123456789abcdef"],
  ["digits that are not ASCII", "abcdef.\u0660123456789abcdef"],
  ["a zero byte", "abcdef.0123456789abcde\0"],
  ["quotes around", '"abcdef.0123456789abcdef"'],
  ["a variable that nothing filled in", "$TOKEN"],
  ["a megabyte", "a".repeat(1 << 20)],
];

/** Texts that are no pin. */
const WRONG_HASHES: readonly (readonly [string, string])[] = [
  ["no algorithm", "0".repeat(64)],
  ["another algorithm", `sha512:${"0".repeat(64)}`],
  ["no colon", `sha256${"0".repeat(64)}`],
  ["too few digits", `sha256:${"0".repeat(63)}`],
  ["too many digits", `sha256:${"0".repeat(65)}`],
  ["a digit that is none", `sha256:${"g".repeat(64)}`],
  ["colons between the digits", `sha256:${Array(32).fill("00").join(":")}`],
  ["base64 instead of digits", "sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="],
  ["no digits", "sha256:"],
  ["spaces", `sha256: ${"0".repeat(64)}`],
  ["the name of a hash", "sha256"],
];

function ofTokens(): BadInput[] {
  const noToken = (place: string) => new RegExp(`^ {2}${place}\\b.*: must be a bootstrap token`, "m");
  return WRONG_TOKENS.flatMap(([what, token]) => {
    const secrets = token.length < 100 && !token.startsWith("$") ? [token, token.slice(7, 15)] : [];
    return [
      line(`init --token with ${what}`, ["init", `--token=${token}`], noToken("--token"), { secrets }),
      line(
        `join --token with ${what}`,
        ["join", "192.0.2.1", `--token=${token}`, ...JOIN.slice(4)],
        noToken("--token"),
        {
          secrets,
        },
      ),
      line(`token create with ${what}`, ["token", "create", token], noToken("TOKEN"), { secrets }),
    ];
  });
}

function ofHashes(): BadInput[] {
  return WRONG_HASHES.map(([what, hash]) =>
    line(
      `a pin with ${what}`,
      ["join", "192.0.2.1", "--token", TOKEN, "--discovery-token-ca-cert-hash", hash],
      /^ {2}--discovery-token-ca-cert-hash: must be "sha256:" followed by 64 hexadecimal digits; got ".*"/m,
    )
  );
}

const ANOTHER = "ghijkl.0123456789abcdef";
const TOKENS = "bootstrapTokens";

const OTHERS: readonly BadInput[] = [
  line(
    "a token in a file that is not there",
    ["init", "--token-file", "/none"],
    /Cannot read --token-file "\/none": no such file/,
  ),
  line(
    "a file without a token",
    ["init", "--token-file", "/t"],
    /--token(-file)?\b.*(must be a bootstrap token|empty)/,
    {
      files: { "/t": "hello, world\n" },
      secrets: ["hello, world"],
    },
  ),
  line("a file of two tokens", ["init", "--token-file", "/t"], /--token: must be a bootstrap token/, {
    files: { "/t": `${TOKEN}\n${ANOTHER}\n` },
  }),
  line("an empty file for the token", ["init", "--token-file", "/t"], /--token-file "\/t": it is empty/, {
    files: { "/t": "\n" },
  }),
  line("an empty standard input for the token", [...JOIN.slice(0, 2), "--token-file", "-", ...JOIN.slice(4)], /empty/),
  line(
    "a token and a file of one",
    ["init", "--token", TOKEN, "--token-file", "/t"],
    /--token and --token-file are mutually exclusive/,
    {
      files: { "/t": TOKEN },
    },
  ),
  line("a token where the host is expected", ["join", TOKEN, "--token", "192.0.2.1", ...JOIN.slice(4)], /--token: /),
  line("a token as one argument too many", ["init", TOKEN], /takes no arguments/),
  line("a token as the name of a command", ["token", TOKEN], /unknown command/),
  line("a token as a second host", [...JOIN, TOKEN], /takes at most 1 argument/),
  line("a misspelt flag with a token", ["init", `--tokn=${TOKEN}`], /--tokn: .*did you mean --token\?/),
  line("a misspelt flag with a token behind it", ["init", "--tokn", TOKEN], /--tokn: .*did you mean --token\?/),
  line("a token for a number", ["init", `--apiserver-bind-port=${TOKEN}`], /--apiserver-bind-port: /),
  line("a token for a switch", ["init", `--dry-run=${TOKEN}`], /--dry-run: /),
  line(
    "a token to delete that is none",
    ["token", "delete", "abcdef.0123"],
    /TOKEN: must be a token or a token ID .*; 1 of 1 are not/,
  ),
  line(
    "ids to delete that are none",
    ["token", "delete", "ABCDEF", "abcde", "abcdefg"],
    /TOKEN: must be a token or a token ID .*; 3 of 3 are not/,
  ),
  line("nothing to delete", ["token", "delete"], /TOKEN: is required/),
  line(
    "a group of everybody",
    ["token", "create", "--groups", "system:masters"],
    /--groups.*must be a group.*; got "system:masters"/,
  ),
  line("a group without a name", ["token", "create", "--groups", "system:bootstrappers:"], /--groups.*must be a group/),
  line(
    "a use that does not exist",
    ["token", "create", "--usages", "signing,admin"],
    /--usages.*must be one of signing, authentication; got "admin"/,
  ),
  line(
    "groups of a token that only signs",
    ["token", "create", "--usages=signing", "--groups=system:bootstrappers:a"],
    /--groups.*authentication/,
  ),
  line("no join without a pin", ["join", "192.0.2.1", "--token", TOKEN], /--discovery-token-ca-cert-hash: is required/),
  line("no join without a token", ["join", "192.0.2.1", ...JOIN.slice(4)], /--token: is required/),
  line("no join without a host", ["join", "--token", TOKEN, ...JOIN.slice(4)], /HOST\[:PORT\]: is required/),
  line(
    "one good pin and one bad",
    [...JOIN, "--discovery-token-ca-cert-hash", "sha256:0"],
    /--discovery-token-ca-cert-hash.*must be "sha256:"/,
  ),
  init("a token of a number", `${TOKENS}: [{token: 123456.7}]`, /InitConfiguration\.bootstrapTokens\[0\]\.token/),
  init("a token of an empty list", `${TOKENS}: [{token: []}]`, /bootstrapTokens\[0\]\.token/),
  init(
    "a token twice",
    `${TOKENS}: [{token: ${TOKEN}}, {token: ${TOKEN}}]`,
    /bootstrapTokens\[1\]\.token.*: duplicate value$/m,
  ),
  init("tokens that are a mapping", `${TOKENS}: {token: ${TOKEN}}`, /bootstrapTokens.*must be a list/),
  init("a token as a text", `${TOKENS}: [${TOKEN}]`, /bootstrapTokens\[0\].*must be a mapping/),
  init(
    "a token with two ends",
    `${TOKENS}: [{token: ${TOKEN}, ttl: 1h, expires: "2030-01-01T00:00:00Z"}]`,
    /bootstrapTokens\[0\].*ttl and expires are mutually exclusive/,
  ),
  init(
    "a token that ends on no day",
    `${TOKENS}: [{token: ${TOKEN}, expires: "2030-02-30T00:00:00Z"}]`,
    /bootstrapTokens\[0\]\.expires/,
  ),
  init(
    "a token that ends at no hour",
    `${TOKENS}: [{token: ${TOKEN}, expires: "2030-01-01T25:00:00Z"}]`,
    /bootstrapTokens\[0\]\.expires/,
  ),
  init(
    "a token that ends at the hour 24",
    `${TOKENS}: [{token: ${TOKEN}, expires: "2030-01-01T24:00:00Z"}]`,
    /bootstrapTokens\[0\]\.expires/,
  ),
  init(
    "a taint of the hour 24",
    'nodeRegistration: {taints: [{key: a, effect: NoSchedule, timeAdded: "2030-01-01T24:00:00Z"}]}',
    /taints\[0\]\.timeAdded/,
  ),
  init(
    "a token that ends in no zone",
    `${TOKENS}: [{token: ${TOKEN}, expires: "2030-01-01T00:00:00"}]`,
    /bootstrapTokens\[0\]\.expires/,
  ),
  join(
    "a token where an address belongs",
    `discovery: {bootstrapToken: {token: 192.0.2.1, apiServerEndpoint: ${TOKEN}, caCertHashes: ["${HASH}"]}}`,
    /discovery\.bootstrapToken\.token/,
  ),
  join(
    "a pin that is a number",
    `discovery: {bootstrapToken: {token: ${TOKEN}, apiServerEndpoint: a, caCertHashes: [256]}}`,
    /caCertHashes\[0\].*must be a string/,
  ),
  join(
    "a pin outside of a list",
    `discovery: {bootstrapToken: {token: ${TOKEN}, apiServerEndpoint: a, caCertHashes: "${HASH}"}}`,
    /caCertHashes.*must be a list/,
  ),
  line("a certificate key that is a token", ["init", "--config", CONFIG], /certificateKey.*certificate key/, {
    files: { [CONFIG]: `${API_VERSION}\nkind: InitConfiguration\ncertificateKey: ${TOKEN}\n` },
  }),
];

/** Tokens and pins. */
export const TOKEN_CASES: Category = {
  name: "tokens and pins",
  cases: () => [...ofTokens(), ...ofHashes(), ...OTHERS],
};
