import assert from "node:assert/strict";
import { COMPONENT_FIELDS } from "./component_fields.ts";
import { ConfigurationReference } from "./configuration.ts";
import { fixedDefaults } from "./defaults.ts";

Deno.test("every field of every kind has a sentence, and every sentence a field", () => {
  const { all, without } = new ConfigurationReference().fields();
  assert.ok(all.size > 400, `${all.size} fields`);
  assert.deepEqual(without, []);
  assert.deepEqual([...COMPONENT_FIELDS.keys()].filter((path) => !all.has(path)), []);
});

Deno.test("fixedDefaults(): what depends on the host, or on what a document holds, is not among them", () => {
  const defaults = fixedDefaults();
  assert.equal(defaults.get("ClusterConfiguration.networking.serviceSubnet"), "10.96.0.0/12");
  assert.equal(defaults.get("InitConfiguration.bootstrapTokens[].ttl"), "24h0m0s");
  assert.equal(defaults.get("JoinConfiguration.controlPlane.localAPIEndpoint.bindPort"), "6443");
  for (
    const path of [
      "nodeRegistration.name",
      "nodeRegistration.criSocket",
      "controlPlane.localAPIEndpoint.advertiseAddress",
    ]
  ) {
    assert.equal(defaults.get(`JoinConfiguration.${path}`), undefined, path);
  }
  assert.equal(defaults.get("JoinConfiguration.discovery.tlsBootstrapToken"), undefined);
});
