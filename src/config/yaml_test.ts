import assert from "node:assert/strict";
import { parseDocuments, stringify } from "./yaml.ts";

const HEAD = "apiVersion: v1\nkind: Test\n";

function read(text: string): unknown {
  return parseDocuments(HEAD + text, "test.yaml")[0]!.body.value;
}

const READ: readonly (readonly [string, string, unknown])[] = [
  ["a timestamp stays text", "value: 2027-01-31T12:00:00Z", "2027-01-31T12:00:00Z"],
  ["a date stays text", "value: 2027-01-31", "2027-01-31"],
  ["a merge key fills in what is not there", "value: {<<: {a: 1, b: 2}, b: 3}", { a: 1, b: 3 }],
  ["the first of several merged mappings wins", "value: {<<: [{a: 1}, {a: 2, b: 2}]}", { a: 1, b: 2 }],
  ["aliases are copies", "x: &x [1]\nvalue: [*x, *x]", [[1], [1]]],
  ["quoted digits are text", 'value: "25"', "25"],
  [
    "characters beyond the basic plane, line ends of old and escapes are text",
    'value: "\u{1f600}\\x7f\\0\u00a0"',
    "\u{1f600}\x7f\0\u00a0",
  ],
  ["digits are a number", "value: 25", 25],
  ["a literal block keeps its lines", "value: |\n  a\n  b\n", "a\nb\n"],
];
for (const [name, text, expected] of READ) Deno.test(name, () => assert.deepEqual(read(text), expected));

Deno.test("documents are read in order, empty ones left out, JSON too", () => {
  const json = JSON.stringify({ apiVersion: "v2", kind: "Json" });
  const found = parseDocuments(`---\n---\n${HEAD}---\n# nothing\n---\n${json}\n`, "test.yaml");
  assert.deepEqual(found.map(({ apiVersion, kind }) => `${apiVersion}/${kind}`), ["v1/Test", "v2/Json"]);
});

Deno.test("byte order marks begin no text: before any document, and before its line of dashes", () => {
  const second = "apiVersion: v2\nkind: Second\n";
  for (const between of ["---\n\ufeff", "\ufeff---\n", "\ufeff---\n\ufeff", "--- # next\r\n\ufeff", "---#next\n"]) {
    const found = parseDocuments(`\ufeff${HEAD}${between}${second}`, "test.yaml");
    assert.deepEqual(found.map(({ kind }) => kind), ["Test", "Second"], JSON.stringify(between));
  }
});

Deno.test("the line breaks of YAML 1.1 end comments and values", () => {
  for (const lineBreak of ["\r\n", "\r", "\u0085", "\u2028", "\u2029"]) {
    const text = `apiVersion: v1${lineBreak}kind: Test # of${lineBreak}value: a${lineBreak}`;
    assert.equal(parseDocuments(text, "test.yaml")[0]?.body.value, "a", JSON.stringify(lineBreak));
  }
});

Deno.test("a key named __proto__ is a key", () => {
  const { body } = parseDocuments(`${HEAD}__proto__: {polluted: true}\n`, "test.yaml")[0]!;
  assert.equal(Object.hasOwn(body, "__proto__"), true);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

/** What sigs.k8s.io/yaml 1.6.0 makes of plain scalars, seen in `kubeadm config validate` of 1.37.2. */
const SCALARS: readonly (readonly [string, unknown])[] = [
  ...["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"].map((text) => [text, true] as const),
  ...["n", "N", "no", "No", "NO", "off", "Off", "OFF", "false"].map((text) => [text, false] as const),
  ...["~", "null", "Null", "NULL", ""].map((text) => [text, null] as const),
  ["yEs", "yEs"],
  ["010", 8],
  ["0o14", 12],
  ["08", 8],
  ["0x1F", 31],
  ["0b11", 3],
  ["-0b11", -3],
  ["-0x10", -16],
  ["+7", 7],
  ["1_000", 1000],
  ["1.50", 1.5],
  [".5", 0.5],
  ["1e3", 1000],
  ["-1.5", -1.5],
  ["0", 0],
  ["1:30", "1:30"],
  ["2025-01-01", "2025-01-01"],
  ["1.2.3", "1.2.3"],
  ["_1", "_1"],
  [".inf", Number.NaN],
  ["-.Inf", Number.NaN],
  [".NaN", Number.NaN],
  ["1e400", "1e400"],
  ["0b2", "0b2"],
  ["0x", "0x"],
  ["!!str 5", "5"],
  ["!!int '5'", 5],
  ["!!bool 'yes'", true],
  ["'yes'", "yes"],
];
for (const [text, expected] of SCALARS) {
  Deno.test(`the scalar ${text} is ${JSON.stringify(expected)}`, () =>
    assert.deepEqual(read(`value: ${text}`), expected));
}

const BOMB = Array.from({ length: 9 }, (_, i) => `a${i}: &a${i} [${Array(9).fill(i ? `*a${i - 1}` : "x").join()}]`)
  .join("\n");
const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  ["a duplicate key", `${HEAD}a: 1\na: 2`, /not valid YAML:\n {2}YAML \(test\.yaml:4:1\): .*duplicated key$/],
  ["a key that is null", `${HEAD}null: 1`, /YAML \(test\.yaml:3\): a key must be a string, a number or a boolean/],
  ["a key that is a list", `${HEAD}? [a]\n: 1\n`, /a key must be/],
  ["a merge of no mapping", `${HEAD}value: {<<: 1}`, /"<<" must be a mapping or a list of mappings; got the number 1/],
  ["content behind a separator", `${HEAD}--- a: 1\n`, /test\.yaml:3\): .*only a comment may follow/],
  ["four dashes", `${HEAD}----\n`, /only a comment may follow/],
  ["bad syntax", "a: [", /^Cannot read "test.yaml": not valid YAML:\n {2}YAML \(test.yaml:2:1\): /],
  ["an alias bomb", HEAD + BOMB, /must not expand to more than 200000 values/],
  ["an alias of itself", `${HEAD}a: &a [*a]`, /nested more than 64 levels|unidentified alias/],
  ["deep nesting", `${HEAD}a: ${"[".repeat(100)}${"]".repeat(100)}`, /nested more than 64 levels/],
  ["very deep nesting", `${HEAD}a: ${"[".repeat(100_000)}`, /nested so deeply|not valid YAML/],
  ["a tag of a number at a text", `${HEAD}a: !!int x`, /explicit tag/],
  [
    "a delete character",
    `${HEAD}a: "x\u007f"`,
    /YAML \(test\.yaml:3:6\): must not contain the character U\+007F$/,
  ],
  [
    "a control character in a comment",
    `${HEAD}# \u0001\n`,
    /test\.yaml:3:3\): must not contain the character U\+0001$/,
  ],
  ["a character that is none", `${HEAD}a: '\ufffe'`, /must not contain the character U\+FFFE$/],
  ["a control character of the second kind", `${HEAD}a: x\u0080`, /must not contain the character U\+0080$/],
  ["half of a character", `${HEAD}a: "\\ud83d"`, /an escape sequence is half of a surrogate pair/],
  ["an escape beyond all characters", `${HEAD}a: "\\U00110000"`, /an escape sequence is half of a surrogate pair/],
  ["a text too long", " ".repeat((4 << 20) + 1), /more than 4194304 characters/],
  ["a list", "- a", /document 1 \(test.yaml:1:1\): must be a mapping with apiVersion and kind; got a list/],
  [
    "a scalar",
    "hello",
    /document 1 \(test.yaml:1:1\): must be a mapping with apiVersion and kind; got the string "hello"/,
  ],
  ["a document without kind", "apiVersion: v1", /document 1 \(.*\): missing kind/],
  ["a document without either", "---\n---\na: 1", /document 2 \(test.yaml:3:1\): missing apiVersion and kind/],
  ["a kind that is no text", "apiVersion: v1\nkind: 5", /document 1 \(.*\): missing kind/],
];
for (const [name, text, message] of REFUSED) {
  Deno.test(`${name} is refused`, () => {
    assert.throws(() => parseDocuments(text, "test.yaml"), { name: "InvalidInput", message });
  });
}

/** What sigs.k8s.io/yaml 1.6.0 makes of values with tags; undefined: it refuses them. */
const TAGGED: readonly (readonly [string, unknown])[] = [
  ["!!binary aGVsbG8=", "hello"],
  ['!!binary "aGVs\\nbG8="', "hello"],
  ["!!binary |\n  aGVs\n  bG8=\n", "hello"],
  ["!!binary /w==", "\ufffd"],
  ["!!binary", ""],
  ["!!binary aGVsbG8", undefined],
  ['!!binary "a GVs"', undefined],
  ["!foo 12", "12"],
  ["!foo", ""],
  ["!foo true", "true"],
  ['!foo "x"', "x"],
  ["!foo {b: 1}", { b: 1 }],
  ["!foo [1]", [1]],
  ["! 12", "12"],
  ["!<x:y> 12", "12"],
  ["!!foo 5", "5"],
  ["!!js/function x", "x"],
  ["!!timestamp 2020-01-01", "2020-01-01"],
  ["!!timestamp 2020-1-1", "2020-1-1"],
  ["!!timestamp 2020-01-01T12:00:00Z", "2020-01-01T12:00:00Z"],
  ["!!timestamp 2020-13-01", undefined],
  ["!!timestamp 5", undefined],
  ["!!timestamp", undefined],
  ["!!set {}", {}],
  ["!!set {x, z}", { x: null, z: null }],
  ["!!set x", "x"],
  ["!!omap [{a: 1}]", [{ a: 1 }]],
  ["!!merge <<", "<<"],
  ["!!str 5", "5"],
  ["!!str", ""],
  ["!!str [1]", [1]],
  ["!!map [1]", [1]],
  ["!!seq {}", {}],
  ["!!seq x", "x"],
  ['!!int "5"', 5],
  ["!!int 0x10", 16],
  ["!!int x", undefined],
  ["!!int 5.5", undefined],
  ["!!int", undefined],
  ["!!float 5", 5],
  ["!!float x", undefined],
  ['!!bool "yes"', true],
  ["!!bool x", undefined],
  ["!!bool", undefined],
  ['!!null ""', null],
  ["!!null", null],
  ["!!null x", undefined],
  ["!e!x 5", undefined],
];
for (const [text, expected] of TAGGED) {
  Deno.test(`the tagged ${JSON.stringify(text)} is ${expected === undefined ? "refused" : JSON.stringify(expected)}`, () => {
    if (expected === undefined) assert.throws(() => read(`value: ${text}`), { name: "InvalidInput" });
    else assert.deepEqual(read(`value: ${text}`), expected);
  });
}

/** Texts, and how sigs.k8s.io/yaml 1.6.0 writes each (checked against it with 6000 random values as well). */
const TEXTS: readonly (readonly [string, string])[] = [
  ["plain", "plain"],
  ["", '""'],
  ["yes", '"yes"'],
  ["N", '"N"'],
  ["off", '"off"'],
  ["True", '"True"'],
  ["null", '"null"'],
  ["~", '"~"'],
  ["25", '"25"'],
  ["-1", '"-1"'],
  ["1.37", '"1.37"'],
  [".5", '".5"'],
  ["1e3", '"1e3"'],
  ["1_000", '"1_000"'],
  ["010", '"010"'],
  ["08", '"08"'],
  ["0o7", '"0o7"'],
  ["0x1f", '"0x1f"'],
  ["0b1", '"0b1"'],
  [".inf", '".inf"'],
  ["1:30", '"1:30"'],
  ["2027-01-31", '"2027-01-31"'],
  ["2027-01-31T12:00:00Z", '"2027-01-31T12:00:00Z"'],
  ["1.2.3", "1.2.3"],
  ["v1.37.2", "v1.37.2"],
  ["10.96.0.0/12", "10.96.0.0/12"],
  ["fd00::1", "fd00::1"],
  ["::1", "::1"],
  ["a: b", "'a: b'"],
  ["a:", "'a:'"],
  ["a #b", "'a #b'"],
  ["#a", "'#a'"],
  ["- a", "'- a'"],
  ["-", "'-'"],
  ["--a", "--a"],
  ["---", "'---'"],
  ["*", "'*'"],
  ["@a", "'@a'"],
  ["{a}", "'{a}'"],
  ["a,b", "a,b"],
  [" a", "' a'"],
  ["a ", "'a '"],
  ["it's", "it's"],
  ["'", "''''"],
  ['"', `'"'`],
  ["\t", '"\\t"'],
  ["\u0007", '"\\a"'],
  ["\u0001", '"\\x01"'],
  ["é", "é"],
  ["😀", '"\\U0001F600"'],
  ["a\u2028b", '"a\\Lb"'],
  ["a\nb", "|-\n  a\n  b"],
  ["a\nb\n", "|\n  a\n  b"],
  ["a\n\n", "|+\n  a\n"],
  ["  a\nb", "|2-\n    a\n  b"],
  ["a \nb", '"a \\nb"'],
  ["x".repeat(300), "x".repeat(300)],
];
for (const [text, written] of TEXTS) {
  Deno.test(`the text ${JSON.stringify(text).slice(0, 40)} is written as ${JSON.stringify(written).slice(0, 40)}`, () => {
    assert.equal(stringify({ value: text }), `value: ${written}\n`);
    assert.equal(read(`value: ${written}\n`), text);
  });
}

Deno.test("keys are sorted as Go does: digits by number, letters last, lower case after upper", () => {
  const keys = Object.keys(
    parseDocuments(HEAD + stringify({ b: 1, a10: 1, a9: 1, B: 1, "a-b": 1, ab: 1, a: 1 }), "t")[0]!.body,
  );
  assert.deepEqual(keys.slice(2), ["B", "a", "a-b", "a9", "a10", "ab", "b"]);
});

Deno.test("nested lists and mappings are in block style, lists not indented in mappings", () => {
  const value = { l: [[1, [2]], [{ b: [], a: {} }], { c: ["x"] }], m: { p: { o: null, u: undefined } }, t: ["a\nb"] };
  const expected = `l:
- - 1
  - - 2
- - a: {}
    b: []
- c:
  - x
m:
  p:
    o: null
t:
- |-
  a
  b
`;
  assert.equal(stringify(value), expected);
});

Deno.test("what YAML cannot hold is an error", () => {
  assert.throws(() => stringify({ a: NaN }), { message: "Cannot write NaN as YAML" });
  assert.throws(() => stringify({ a: () => 1 }), /Cannot write/);
});
