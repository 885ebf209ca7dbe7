import assert from "node:assert/strict";
import { makeCertificates, serveApi } from "../../tests/fakes/api_server.ts";
import type { Change } from "../system.ts";
import { etcdClient } from "./client.ts";

const MEMBERS = {
  header: { cluster_id: "1" },
  members: [
    {
      ID: "10501334649042878790",
      name: "k1",
      peerURLs: ["https://10.0.0.1:2380"],
      clientURLs: ["https://10.0.0.1:2379"],
    },
    { ID: "2", peerURLs: ["https://10.0.0.2:2380"], isLearner: true },
  ],
};

Deno.test("etcd: members are listed; one is removed once, by its id; refusals are told in etcd's words", async () => {
  const certificates = await makeCertificates();
  await using api = serveApi(certificates);
  const changes: Change[] = [];
  const credentials = { caPem: certificates.ca, certificatePem: certificates.certificate, keyPem: certificates.key };
  const client = etcdClient(api.server, credentials, (change) => changes.push(change));
  api.instead.push(Response.json(MEMBERS));
  const [first, second] = await client.members();
  assert.deepEqual(first, {
    id: "10501334649042878790",
    name: "k1",
    peerURLs: ["https://10.0.0.1:2380"],
    clientURLs: ["https://10.0.0.1:2379"],
    isLearner: false,
  });
  assert.deepEqual([second!.name, second!.clientURLs, second!.isLearner], ["", [], true]);
  api.instead.push(Response.json(MEMBERS), Response.json({ header: {} }));
  await client.removeMember(first!);
  api.instead.push(Response.json({ members: [MEMBERS.members[1]] }));
  await client.removeMember(first!);
  assert.deepEqual(changes, [{ kind: "delete", what: "etcd member", name: "k1" }]);
  assert.deepEqual(api.requests.slice(1), [
    "POST /v3/cluster/member/list",
    "POST /v3/cluster/member/remove",
    "POST /v3/cluster/member/list",
  ]);
  const notNow = () => Response.json({ code: 14, message: "etcdserver: unhealthy cluster" }, { status: 503 });
  api.instead.push(notNow(), Response.json(MEMBERS));
  assert.equal((await client.members()).length, 2);
  api.instead.push(notNow());
  await assert.rejects(
    etcdClient(api.server, credentials, () => {}, 400).members(),
    /Cannot list the members of etcd at ".*": etcdserver: unhealthy cluster \(HTTP/,
  );
});

Deno.test("etcd: nobody there, and somebody else there", async () => {
  const certificates = await makeCertificates();
  const credentials = { caPem: certificates.ca, certificatePem: certificates.certificate, keyPem: certificates.key };
  const nobody = etcdClient("https://127.0.0.1:1", credentials, () => {});
  await assert.rejects(
    nobody.members(),
    /Cannot list the members of etcd at "https:\/\/127\.0\.0\.1:1": it does not answer/,
  );
  await using api = serveApi(certificates);
  api.instead.push(new Response("<html>"));
  await assert.rejects(etcdClient(api.server, credentials, () => {}).members(), /does not serve etcd's API/);
});

Deno.test("etcd: only https, never by a proxy, and only so much of an answer is read", async () => {
  const certificates = await makeCertificates();
  const credentials = { caPem: certificates.ca, certificatePem: certificates.certificate, keyPem: certificates.key };
  for (
    const endpoint of ["http://127.0.0.1:2379", "https://a@127.0.0.1:2379", "https://127.0.0.1:2379/x", "unix:///x"]
  ) {
    assert.throws(() => etcdClient(endpoint, credentials, () => {}), /must be https:\/\/HOST:PORT/);
  }
  await using api = serveApi(certificates);
  const client = etcdClient(api.server, credentials, () => {});
  const before = Deno.env.get("HTTPS_PROXY");
  Deno.env.set("HTTPS_PROXY", "http://127.0.0.1:2"); // where nobody listens
  try {
    api.instead.push(Response.json(MEMBERS));
    assert.equal((await client.members()).length, 2);
  } finally {
    if (before === undefined) Deno.env.delete("HTTPS_PROXY");
    else Deno.env.set("HTTPS_PROXY", before);
  }
  const chunk = new Uint8Array(1 << 16).fill(0x20);
  let sent = 0;
  const endless = new ReadableStream({ pull: (controller) => (sent += chunk.length, controller.enqueue(chunk)) });
  api.instead.push(new Response(endless));
  await assert.rejects(client.members(), /its answer is longer than 1048576 bytes/);
  assert.ok(sent < 64 << 20, `${sent} bytes were taken`);
  for (
    const members of [undefined, [], {}, [null], [{ ID: 5 }], [{ ID: "1", name: [] }], [{ ID: "x" }], [{
      ID: "1",
      peerURLs: "a",
    }]]
  ) {
    api.instead.push(Response.json({ members }));
    await assert.rejects(client.members(), /does not serve etcd's API/);
  }
});
