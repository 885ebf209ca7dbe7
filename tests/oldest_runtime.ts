/**
 * Loaded before the tests on the oldest supported Deno (`deno task test-oldest`): up to 2.8, Deno fails a test that ends
 * while an operation is under way, unless the test says otherwise; 2.9 does not. `init` creates keys in the background and
 * a refused run leaves them to the end of the process, so the tests run by the current rule on both. Left out is
 * the one that needs the HTTP/2 server of current Deno (`src/grpc/other_servers_test.ts`).
 * @module
 */

type Definition = Deno.TestDefinition;
type Body = Definition["fn"];

const register = Deno.test;

/** `Deno.test` in each of the forms that this project's tests use. */
function test(nameOrDefinition: string | Definition, body?: Body): void {
  const definition = typeof nameOrDefinition === "string" ? { name: nameOrDefinition, fn: body! } : nameOrDefinition;
  register({ sanitizeOps: false, sanitizeResources: false, ...definition });
}

Object.defineProperty(Deno, "test", { value: Object.assign(test, register), configurable: true });
