import assert from "node:assert/strict";
import { anchorOf, outputOf, readPage } from "./markdown.ts";

const PAGE = `# A page: \`init\` & more

See [other](b.md#x), [\`code\`](<c d.md>) and \`[no](link.md)\`; <img src="p.svg"> <a id="own"></a>

## Twice
## Twice

- item
  \`\`\`sh run exit=3
  kubewright init
    indented
  \`\`\`

It prints:

\`\`\`text
[no](link2.md)
\`\`\`
[ref]: https://example.org "title"
`;

Deno.test("readPage(): blocks with marks, links, anchors and code spans", () => {
  const page = readPage(PAGE);
  assert.deepEqual(page.links, [
    { target: "b.md#x", line: 3 },
    { target: "c d.md", line: 3 },
    { target: "p.svg", line: 3 },
    { target: "https://example.org", line: 19 },
  ]);
  assert.deepEqual([...page.anchors], ["a-page-init--more", "own", "twice", "twice-1"]);
  assert.deepEqual(page.spans.map(({ text }) => text), ["init", "code", "[no](link.md)"]);
  const [script, text] = page.blocks;
  assert.deepEqual([script!.language, script!.marks, script!.line], ["sh", { run: "", exit: "3" }, 9]);
  assert.equal(script!.text, "kubewright init\n  indented");
  assert.equal(outputOf(page, script!), text);
  assert.equal(outputOf(readPage(PAGE.replace("It prints:", "# It prints")), script!), undefined);
});

Deno.test("anchorOf(): as GitHub makes it", () => {
  assert.equal(anchorOf("What `init` does, and why_not?"), "what-init-does-and-why_not");
  assert.equal(anchorOf("[Link](a.md) é"), "link-é");
});
