import assert from "node:assert/strict";
import { withoutSecrets } from "./redact.ts";

Deno.test("withoutSecrets() takes out tokens, passwords and private keys, and leaves the rest", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["token abcdef.0123456789abcdef is bad", "token abcdef.<secret> is bad"],
    ["Authorization: Bearer s3cr3t-s3cr3t", "Authorization: Bearer <secret>"],
    ["got eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrIn0.c2ln", "got <token>"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "<secret>"],
    ['{"password":"hunter22"}', '{"password":"<secret>"}'],
    ["--token=0123456789abcdef0", "--token=<secret>"],
  ];
  for (const [given, wanted] of cases) assert.ok(withoutSecrets(given).includes(wanted), withoutSecrets(given));
  assert.doesNotMatch(withoutSecrets(cases[3]![0]), /MIIE/);
  const harmless = 'E0101 12:00:00.1 1 run.go:72] "command failed" err="open /etc/kubernetes/pki/ca.crt: no such file"';
  assert.equal(withoutSecrets(harmless), harmless);
});
