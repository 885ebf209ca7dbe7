/**
 * The environment variables that Deno and its libraries read. None of them is meant for this program: they could add a CA,
 * turn off verification, log the keys of TLS sessions, or send telemetry to another host.
 * @see https://docs.deno.com/runtime/reference/env_variables/
 * @module
 */
import { InvalidInput } from "../errors.ts";
import { shellWord } from "../text/shell.ts";

/** Variables of the runtime and its libraries. Proxies and SSL_CERT_FILE are the host's, and are read by name where they are used. */
const OF_THE_RUNTIME = /^(DENO|NODE|OTEL|RUST)_|^SSLKEYLOGFILE$/;
/** Variables that a self-extracting kubewright sets for itself. */
const OWN = ["DENO_DIR", "DENO_NO_UPDATE_CHECK", "DENO_NO_PACKAGE_JSON"];
/** Variables that take effect before the first line of this program runs, and why they are refused. */
const TOO_LATE: Readonly<Record<string, string>> = {
  SSLKEYLOGFILE: "the keys of all TLS sessions, and with them every secret that is sent, would be written to a file",
  DENO_UNSTABLE_CRON_SOCK: "the program that listens at its socket would be connected",
  ...(Deno.build.standalone ? {} : { DENO_CERT: "its CA would be trusted in addition to the cluster's" }),
};

/** The variables set at the start whose effect cannot be undone. */
let refused: readonly string[] = [];

/**
 * Removes the runtime's variables from the environment. Without this, and without the empty list of stores, Deno trusts
 * other CAs in addition to the given ones: anyone with a certificate from one of them for the control plane's name could
 * impersonate the cluster. Deno reads these variables when it creates its first client.
 */
export function trustNobodyElse(): void {
  const there = Object.keys(Deno.env.toObject());
  refused = there.filter((name) => Object.hasOwn(TOO_LATE, name));
  for (const name of there) if (OF_THE_RUNTIME.test(name) && !OWN.includes(name)) Deno.env.delete(name);
  Deno.env.set("DENO_TLS_CA_STORE", "");
}

/** Refuses to run when {@linkcode trustNobodyElse} was too late. @throws {InvalidInput} with the variables. */
export function checkEnvironment(): void {
  if (refused.length === 0) return;
  throw new InvalidInput(
    "Cannot run in this environment:",
    refused.map((name) => ({ where: name, what: `environment variable "${name}" must not be set: ${TOO_LATE[name]}` })),
    {
      hint: `Unset it and rerun the command: env ${
        refused.map((name) => `-u ${shellWord(name)}`).join(" ")
      } kubewright …`,
    },
  );
}
