import assert from "node:assert/strict";
import { readServerUrl } from "./server_url.ts";

Deno.test("readServerUrl() takes what client-go connects to", () => {
  const pairs = [
    ["https://127.0.0.1:1", "https://127.0.0.1:1"],
    ["HTTPS://127.0.0.1:1", "https://127.0.0.1:1"],
    ["https://api.example", "https://api.example"],
    ["https://API.example.:06443", "https://API.example.:06443"],
    ["https://api.example:", "https://api.example:"],
    ["https://[fd00::1]:6443/", "https://[fd00::1]:6443"],
    ["https://rancher.example/k8s/clusters/a", "https://rancher.example/k8s/clusters/a"],
    ["https://a.example/../a//b/", "https://a.example/a/b"],
    ["https://a.example/a b", "https://a.example/a%20b"],
    ["https://a.example/a ", "https://a.example/a%20"],
    ["https://a.example/%41%3f", "https://a.example/A%3F"],
    ["https://a.example/@x", "https://a.example/@x"],
    ["https://a.example:1?x=1", "https://a.example:1"],
    ["https://a.example:1/a?x=1#f", "https://a.example:1/a"],
  ] as const;
  for (const [text, url] of pairs) assert.deepEqual(readServerUrl(text), { url });
});

Deno.test("readServerUrl() refuses what Go's net/url does, what is no https, and what the URL class reads otherwise", () => {
  const wanted = [
    "",
    "127.0.0.1:1",
    "http://127.0.0.1:1",
    "https:127.0.0.1:1",
    "https:/127.0.0.1:1",
    "https://",
    "https://:1",
    "https://127.0.0.1:1 ",
    " https://127.0.0.1:1",
    "https://127.0.0.1:1\\",
    "https://127.0.0.1:x1",
    "https://127.0.0.1:99999",
    "https://[::1:1",
    "https://[127.0.0.1]:1",
    "https://127.0.0.1:1\t",
    "https://127.0.0.1\n:1",
    "https://a.example/%zz",
  ];
  for (const text of wanted) {
    assert.deepEqual(readServerUrl(text), {
      problem: `server must be https://HOST[:PORT][/PATH]; got ${JSON.stringify(text)}`,
    });
  }
  const numbers = [
    "https://0x7f.1:1",
    "https://127.1",
    "https://2130706433:1",
    "https://0177.0.0.1",
    "https://1.2.3.4.",
  ];
  for (const text of numbers) {
    const answer = readServerUrl(text);
    assert.match(
      "problem" in answer ? answer.problem : "",
      /^server must be .* with a DNS name or a complete IP address as HOST; got ".*", which some programs read as [\d.]+$/,
      text,
    );
  }
  for (const text of ["https://u:hunter22@a.example", "https://u:hunter22@a.example:x", "u:hunter22@a"]) {
    assert.deepEqual(readServerUrl(text), { problem: "server must not contain a user name or password" });
  }
});
