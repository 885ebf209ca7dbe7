import assert from "node:assert/strict";
import { RECORDED_URLS } from "../../tests/recorded/urls.ts";
import { isHttps, parseGoUrl } from "./url.ts";

Deno.test("parseGoUrl() reads and refuses what Go reads and refuses", () => {
  for (const [text, ...expected] of RECORDED_URLS) {
    const url = parseGoUrl(text);
    assert.deepEqual(url ? [url.scheme, url.hostname, url.port] : [], expected, JSON.stringify(text));
  }
});

Deno.test("parseGoUrl() tells path, query, fragment and user apart", () => {
  const url = parseGoUrl("HTTPS://user:p%40ss@example.test:8443/a%20b?q=%zz#part")!;
  assert.deepEqual([url.scheme, url.hasUser, url.host, url.path, url.query, url.fragment], [
    "https",
    true,
    "example.test:8443",
    "/a b",
    "q=%zz",
    "part",
  ]);
  assert.equal(parseGoUrl("mailto:x@y")!.opaque, "x@y");
});

Deno.test("isHttps() takes the scheme however it is written", () => {
  assert.deepEqual(["https://a", "HTTPS://a", " https://a", "http://a", "/a"].map(isHttps), [
    true,
    true,
    false,
    false,
    false,
  ]);
});
