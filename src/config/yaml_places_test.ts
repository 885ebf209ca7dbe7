import assert from "node:assert/strict";
import { placesIn } from "./yaml.ts";

const TEXT = `# a comment
apiVersion: v1
kind: Cluster
networking:
  podSubnet: 10.0.0.0/8
  "quoted": 'x'
list:
- a
-
- name: b
  value: |
    text
- - nested
flow: {a: [1, {b: 2}], "c": 3,
  d: 4}
evictionHard: {memory.available: 1%, memory: {x: 1}}
base: &base
  deep: {er: 1}
merged:
  <<: *base
  own: 1
alias: *base
tagged: !!str 5
? explicit
: value
empty:
---
---
{"apiVersion": "v1", "kind": "Json",
 "items": [{"name": "é", "value": 1}, {"name": "z"}]}
`;

/** Document, path, place of the value, place of the key. */
const PLACES: readonly (readonly [number, string, string, string?])[] = [
  [0, "", "2:1"],
  [0, ".apiVersion", "2:13", "2:1"],
  [0, ".networking", "5:3", "4:1"],
  [0, ".networking.podSubnet", "5:14", "5:3"],
  [0, ".networking.quoted", "6:13", "6:3"],
  [0, ".networking.missing", "5:3", "5:3"],
  [0, ".networking.podSubnet.deeper", "5:14", "5:14"],
  [0, ".list", "8:1", "7:1"],
  [0, ".list[0]", "8:3"],
  [0, ".list[2].name", "10:9", "10:3"],
  [0, ".list[2].value", "11:10", "11:3"],
  [0, ".list[3][0]", "13:5"],
  [0, ".list[9]", "8:1"],
  [0, ".flow.a[1].b", "14:19", "14:16"],
  [0, ".flow.c", "14:29", "14:24"],
  [0, ".flow.d", "15:6", "15:3"],
  [0, ".evictionHard.memory.available", "16:34", "16:16"],
  [0, ".evictionHard.memory.x", "16:50", "16:47"],
  [0, ".base.deep.er", "18:14", "18:10"],
  [0, ".merged.own", "21:8", "21:3"],
  [0, ".alias", "22:8", "22:1"],
  [0, ".alias.deep", "22:8", "22:8"],
  [0, ".tagged", "23:15", "23:1"],
  [0, ".explicit", "25:3", "24:3"],
  [0, ".nothing", "2:1", "2:1"],
  [2, ".kind", "29:30", "29:22"],
  [2, ".items[0].value", "30:35", "30:26"],
  [2, ".items[1].name", "30:48", "30:40"],
];

const places = placesIn(TEXT);
for (const [document, path, value, key] of PLACES) {
  Deno.test(`"${path}" of document ${document} is at ${value}`, () => {
    const shown = (at: "key" | "value") => {
      const place = places.find(document, path, at);
      return place && `${place.line}:${place.column}`;
    };
    assert.equal(shown("value"), value);
    if (key !== undefined) assert.equal(shown("key"), key);
  });
}

Deno.test("a document that is not there has no place", () => {
  assert.equal(places.find(7, ".kind"), undefined);
  assert.equal(placesIn("a: [").find(0, ".a"), undefined);
});

Deno.test("a byte order mark is no column", () => {
  assert.deepEqual(placesIn("\ufeffa: 1").find(0, ".a"), { line: 1, column: 4 });
});

Deno.test("carriage returns do not count", () => {
  assert.deepEqual(placesIn("a: 1\r\nb:\r\n  c: 2\r\n").find(0, ".b.c"), { line: 3, column: 6 });
});

Deno.test("far down in a very long text there is the line only", () => {
  const text = `a:\n${"- {name: a}\n".repeat(6_000)}b: 1\n`;
  assert.deepEqual(placesIn(text).find(0, ".a[2].name"), { line: 4, column: 10 });
  assert.deepEqual(placesIn(text).find(0, ".b"), { line: 6_002 });
});
