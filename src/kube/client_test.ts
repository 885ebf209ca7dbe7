import assert from "node:assert/strict";
import type { Change, KubeObject } from "../system.ts";
import { type ClosableKubeClient, kubeClient } from "./client.ts";
import { makeCertificates, serveApi, type TestApi } from "../../tests/fakes/api_server.ts";
import { type KubeError, TLS_REFUSED, UNREACHABLE } from "../system/kube_error.ts";

const certificates = await makeCertificates();
const TOKEN = "abcdef.0123456789abcdef";

const CONFIG: KubeObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "cm", namespace: "kube-system" },
  data: { a: "1" },
};
const REFERENCE = { apiVersion: "v1", kind: "ConfigMap", name: "cm", namespace: "kube-system" };

async function withApi(
  body: (client: ClosableKubeClient, api: TestApi, changes: Change[]) => Promise<void>,
  hostname = "127.0.0.1",
): Promise<void> {
  await using api = serveApi(certificates, hostname);
  const changes: Change[] = [];
  const client = kubeClient(
    { server: api.server, caPem: certificates.ca, token: TOKEN },
    (change) => changes.push(change),
    { timeLimitMs: 2000 },
  );
  try {
    await body(client, api, changes);
  } finally {
    client.close();
  }
}

Deno.test("apply: one change when created, none when equal, one with `before` when different", async () => {
  await withApi(async (client, api, changes) => {
    await client.apply(CONFIG);
    assert.deepEqual(changes, [{ kind: "apply", object: CONFIG }]);
    assert.deepEqual(api.requests, [
      "GET /api/v1/namespaces/kube-system/configmaps/cm",
      "PATCH /api/v1/namespaces/kube-system/configmaps/cm?fieldManager=kubewright&force=true",
    ]);
    assert.equal(api.headers[1]?.get("content-type"), "application/apply-patch+yaml");
    assert.equal(api.headers[1]?.get("authorization"), `Bearer ${TOKEN}`);
    await client.apply(CONFIG);
    assert.equal(changes.length, 1);
    await client.apply({ ...CONFIG, data: { a: "2" } });
    const [, change] = changes;
    assert.ok(change?.kind === "apply");
    assert.deepEqual(change.before?.data, { a: "1" });
    assert.deepEqual((await client.get(REFERENCE))?.data, { a: "2" });
  });
});

Deno.test("a path of the server is a prefix of all paths, as for a gateway", async () => {
  await using api = serveApi(certificates);
  const client = kubeClient(
    { server: `${api.server.replace("https", "HTTPS")}/k8s/clusters/a/`, caPem: certificates.ca, token: TOKEN },
    () => {},
    { timeLimitMs: 2000 },
  );
  await client.probe("/version?timeout=1s");
  await client.list({ apiVersion: "v1", kind: "Secret", namespace: "kube-system" }).catch(() => []);
  client.close();
  assert.equal(api.requests[0], "GET /k8s/clusters/a/version?timeout=1s");
  assert.match(api.requests[1]!, /^GET \/k8s\/clusters\/a\/api\/v1\/namespaces\/kube-system\/secrets\?limit=/);
});

Deno.test("patch: nothing is sent when nothing would change; an absent object is an error", async () => {
  await withApi(async (client, api, changes) => {
    await assert.rejects(client.patch(REFERENCE, { data: { b: "1" } }), (error: KubeError) => {
      assert.equal(
        error.message,
        'Cannot patch "ConfigMap kube-system/cm": the API server answers 404 NotFound: no such object',
      );
      assert.equal(error.status, 404);
      return true;
    });
    await client.apply(CONFIG);
    await client.patch(REFERENCE, { data: { a: null, b: "1" } });
    assert.deepEqual((await client.get(REFERENCE))?.data, { b: "1" });
    assert.equal(changes.length, 2);
    const sent = api.requests.length;
    await client.patch(REFERENCE, { data: { a: null, b: "1" } });
    assert.deepEqual(api.requests.slice(sent), ["GET /api/v1/namespaces/kube-system/configmaps/cm"]);
    assert.equal(changes.length, 2);
  });
});

Deno.test("get, list and delete: absent is an answer; lists are whole and say what their items are", async () => {
  await withApi(async (client, _api, changes) => {
    assert.equal(await client.get(REFERENCE), undefined);
    await client.delete(REFERENCE);
    assert.deepEqual(changes, []);
    for (const name of ["a", "b", "c", "d", "e"]) {
      await client.apply({ ...CONFIG, metadata: { ...CONFIG.metadata, name } });
    }
    const all = await client.list({ apiVersion: "v1", kind: "ConfigMap", namespace: "kube-system" });
    assert.deepEqual(all.map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.name}`), [
      "v1 ConfigMap a",
      "v1 ConfigMap b",
      "v1 ConfigMap c",
      "v1 ConfigMap d",
      "v1 ConfigMap e",
    ]);
    await client.delete({ ...REFERENCE, name: "a" });
    assert.deepEqual(changes.at(-1), { kind: "delete", reference: { ...REFERENCE, name: "a" } });
  });
});

Deno.test("names with a colon, cluster-wide kinds, IPv6, and kinds that only discovery knows", async () => {
  await withApi(async (client, api) => {
    await client.apply({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "kubewright:x" },
    });
    assert.match(api.requests[0] ?? "", /\/clusterroles\/kubewright(%3A|:)x$/);
    const document = { resources: [{ name: "ippools", kind: "IPPool", namespaced: false }] };
    api.instead.push(404, Response.json(document)); // the definition was applied a moment ago
    assert.equal(await client.get({ apiVersion: "x.example/v1", kind: "IPPool", name: "p" }), undefined);
    assert.equal(await client.get({ apiVersion: "x.example/v1", kind: "IPPool", name: "q" }), undefined);
    assert.deepEqual(api.requests.slice(-4), [
      "GET /apis/x.example/v1",
      "GET /apis/x.example/v1",
      "GET /apis/x.example/v1/ippools/p",
      "GET /apis/x.example/v1/ippools/q",
    ]);
  }, "::1");
});

Deno.test("503 and 429 are tried again, Retry-After is honoured, 403 is not; the time limit holds", async () => {
  await withApi(async (client, api) => {
    api.instead.push(503, new Response("", { status: 429, headers: { "retry-after": "1" } }));
    const start = performance.now();
    assert.equal(await client.get(REFERENCE), undefined);
    assert.ok(performance.now() - start >= 1000);
    assert.equal(api.requests.length, 3);
    api.instead.push(403);
    await assert.rejects(client.get(REFERENCE), /answers 403 Injected: as told/);
    assert.equal(api.requests.length, 4);
    api.instead.push(...Array.from({ length: 50 }, () => 500));
    await assert.rejects(client.get(REFERENCE), /answers 500 Injected/);
    api.instead.length = 0;
    api.instead.push(503);
    assert.deepEqual((await client.probe("/livez")).status, 503);
  });
});

Deno.test("errors never show a token, nor values of a Secret", async () => {
  await withApi(async (client, api) => {
    const said = {
      kind: "Status",
      reason: "Invalid",
      message: 'Secret "x" is invalid: data[k]: "hunter2"',
      details: { causes: [{ field: "data[k]", reason: "FieldValueInvalid" }] },
    };
    api.instead.push(404, Response.json(said, { status: 422 }));
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "x", namespace: "n" },
      stringData: { k: "hunter2" },
    };
    await assert.rejects(client.apply(secret), (error: KubeError) => {
      assert.equal(
        error.message,
        'Cannot apply "Secret n/x": the API server answers 422 Invalid: data[k] (FieldValueInvalid)',
      );
      assert.ok(!Deno.inspect(error).includes(TOKEN));
      return true;
    });
  });
});

const SERVICE: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "kube-dns", namespace: "kube-system" },
  spec: { clusterIP: "10.96.0.10" },
};

/** What kube-apiserver 1.37 answers when a creation that was cut off has left the address taken. */
const TAKEN = {
  kind: "Status",
  reason: "Invalid",
  message: 'Service "kube-dns" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP ' +
    "10.96.0.10: provided IP is already allocated",
};

Deno.test("apply: an address that no Service has is waited for; one that a Service has is an error that names it", async () => {
  await withApi(async (client, api, changes) => {
    const taken = () => Response.json(TAKEN, { status: 422 });
    api.instead.push(404, taken(), Response.json({ kind: "List", metadata: {}, items: [] }));
    await client.apply(SERVICE);
    assert.deepEqual(changes, [{ kind: "apply", object: SERVICE }]);
    assert.deepEqual(api.requests.map((line) => line.replace(/\?.*/, "")), [
      "GET /api/v1/namespaces/kube-system/services/kube-dns",
      "PATCH /api/v1/namespaces/kube-system/services/kube-dns",
      "GET /api/v1/services",
      "PATCH /api/v1/namespaces/kube-system/services/kube-dns",
    ]);
    const other = { metadata: { name: "web", namespace: "shop" }, spec: { clusterIPs: ["10.96.0.10"] } };
    api.objects.clear();
    api.instead.push(404, taken(), Response.json({ kind: "List", metadata: {}, items: [other] }));
    await assert.rejects(client.apply(SERVICE), (error: KubeError) => {
      assert.match(error.message, /Cannot apply "Service kube-system\/kube-dns": .*10\.96\.0\.10.* already allocated/);
      assert.match(error.hints.join(), /Service "shop\/web" has the address 10\.96\.0\.10/);
      return true;
    });
  });
});

Deno.test("transport: a wrong CA and wrong names are final; a refused connection is tried until time is up", async () => {
  await using api = serveApi(await makeCertificates("DNS:elsewhere"));
  const wrongName = kubeClient({ server: api.server, caPem: certificates.ca }, () => {});
  await assert.rejects(wrongName.get(REFERENCE), (error: KubeError) => {
    assert.equal(error.reason, TLS_REFUSED);
    assert.match(error.message, /is not signed by the cluster's CA/);
    return true;
  });
  wrongName.close();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const server = `https://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
  listener.close();
  const nobody = kubeClient({ server, caPem: certificates.ca }, () => {}, { timeLimitMs: 300 });
  await assert.rejects(nobody.get(REFERENCE), (error: KubeError) => {
    assert.equal(error.reason, UNREACHABLE);
    assert.equal(error.message, `Cannot reach the API server "${server}": connection refused`);
    return true;
  });
  nobody.close();
  assert.throws(
    () => kubeClient({ server: "http://127.0.0.1", caPem: certificates.ca }, () => {}),
    /server must be https:/,
  );
  assert.throws(() =>
    kubeClient({ server, caPem: certificates.ca, client: { certificatePem: "x", keyPem: "y" } }, () => {})
  );
});

Deno.test("transport: a certificate of our CA for another name is refused", async () => {
  const elsewhere = await makeCertificates("DNS:elsewhere");
  await using api = serveApi(elsewhere);
  const client = kubeClient({ server: api.server, caPem: elsewhere.ca }, () => {});
  await assert.rejects(client.get(REFERENCE), /its certificate is not valid for this name or address/);
  client.close();
});

Deno.test("transport: proxies of the environment are not used, and are still there afterwards", async () => {
  Deno.env.set("HTTPS_PROXY", "http://127.0.0.1:1");
  try {
    await withApi(async (client) => assert.equal(await client.get(REFERENCE), undefined));
    assert.equal(Deno.env.get("HTTPS_PROXY"), "http://127.0.0.1:1");
  } finally {
    Deno.env.delete("HTTPS_PROXY");
  }
});

Deno.test("a change whose answer is lost is not told as one that was not made", async () => {
  await withApi(async (client, api) => {
    const torn = () => new Response('{"metadata":', { headers: { "content-length": "1000" } });
    api.instead.push(404, ...Array.from({ length: 20 }, torn));
    await assert.rejects(client.apply(CONFIG), (error: KubeError) => {
      assert.equal(error.reason, UNREACHABLE);
      assert.match(error.hints.join(), /may still have applied the change/);
      return true;
    });
    api.instead.push(...Array.from({ length: 20 }, torn));
    await assert.rejects(client.get(REFERENCE), (error: KubeError) => !/carried out/.test(error.hints.join()));
    api.instead.length = 0;
  });
});

Deno.test("what could not be sent, or would be quoted, is refused before anything is sent", () => {
  for (const token of ["s3cret\n", "s3cret s3cret", "s3cret\u00e9", "s3cret\0"]) {
    assert.throws(
      () => kubeClient({ server: "https://127.0.0.1:2", caPem: certificates.ca, token }, () => {}),
      (error: Error) => {
        assert.match(error.message, /Cannot use the bearer token/);
        return !error.message.includes("s3cret");
      },
    );
  }
  const server = "https://me:s3cret@127.0.0.1:2";
  assert.throws(() => kubeClient({ server, caPem: certificates.ca }, () => {}), (error: Error) => {
    assert.match(error.message, /server must not contain a user name or password/);
    return !error.message.includes("s3cret");
  });
});

Deno.test("objects of other types than Kubernetes' are refused, with the field; null is as absent", async () => {
  await using api = serveApi(certificates);
  const client = kubeClient({ server: api.server, caPem: certificates.ca }, () => {}, { timeLimitMs: 5_000 });
  const node = { apiVersion: "v1", kind: "Node", name: "n" };
  const odd: [unknown, string][] = [
    [{ metadata: { name: "n", labels: { a: 1 } } }, "metadata.labels"],
    [{ metadata: { name: "n" }, spec: [] }, "spec"],
    [{ metadata: { name: "n" }, spec: { taints: {} } }, "spec.taints"],
    [{ metadata: { name: "n" }, spec: { taints: [{ key: 5 }] } }, "spec.taints[0]"],
    [{ metadata: { name: "n" }, status: { conditions: [{ type: "Ready" }, null] } }, "status.conditions[1]"],
    [{ metadata: { name: "n" }, status: { nodeInfo: { kubeletVersion: 5 } } }, "status.nodeInfo.kubeletVersion"],
  ];
  for (const [object, field] of odd) {
    api.instead.push(Response.json(object));
    await assert.rejects(client.get(node), (error: Error) => {
      assert.ok(error.message.includes(`"${field}" of Node "n" has the wrong type`), error.message);
      return true;
    });
  }
  api.instead.push(Response.json({ metadata: { name: "n", labels: null }, spec: null, status: { conditions: null } }));
  assert.equal((await client.get(node))?.metadata.name, "n");
  const nodeInfo = { kubeletVersion: "v1.37.2", swap: { capacity: 0 } }; // as a kubelet with swap tells it
  api.instead.push(Response.json({ metadata: { name: "n" }, status: { nodeInfo } }));
  assert.equal((await client.get(node))?.metadata.name, "n");
  api.instead.push(Response.json({ kind: "NodeList" }));
  await assert.rejects(client.list({ apiVersion: "v1", kind: "Node" }), /not a list of Kubernetes objects/);
  client.close();
});
