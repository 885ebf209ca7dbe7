import assert from "node:assert/strict";
import { countLinks, deadLinks } from "./links.ts";

const FILES: Readonly<Record<string, string>> = {
  "README.md":
    "# Top\n[a](docs/a.md#one) [b](docs/b.md) [c](#top) [d](#none) [e](docs) [f](/src/x.ts#L2) [g](src/x.ts#L3)",
  "docs/a.md": "## One\n[up](../README.md) [out](../../x.md) [anchor](../README.md#gone) [no](c.png)",
  "src/x.ts": "1\n2",
  "web.md":
    "[a](https://kubernetes.io/docs/#x) [b](http://localhost:1) [c](https:/x y) [d](ftp://example.org) [e](https://host)",
};
const files = {
  exists: (path: string) => path in FILES || path === "docs",
  text: (path: string) => FILES[path]!,
};

Deno.test("deadLinks(): files, folders, anchors and lines that do not exist, each with its place", () => {
  assert.deepEqual(deadLinks(["README.md", "docs/a.md"], files), [
    'README.md:2: link "docs/b.md": "docs/b.md" does not exist',
    'README.md:2: link "#none": "README.md" has no anchor "none"',
    'README.md:2: link "src/x.ts#L3": "src/x.ts" has no line "L3"',
    'docs/a.md:2: link "../../x.md": points outside the repository',
    'docs/a.md:2: link "../README.md#gone": "README.md" has no anchor "gone"',
    'docs/a.md:2: link "c.png": "docs/c.png" does not exist',
  ]);
  assert.equal(countLinks(["README.md", "docs/a.md"], files), 11);
});

Deno.test("deadLinks(): of other sites only the form is checked", () => {
  assert.deepEqual(deadLinks(["web.md"], files), [
    'web.md:1: link "http://localhost:1": "localhost" is not a public host name',
    'web.md:1: link "ftp://example.org": is not an http, https or mailto URL',
    'web.md:1: link "https://host": "host" is not a public host name',
  ]);
});
