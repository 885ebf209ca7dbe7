/**
 * The environment of this process, as far as Deno and its libraries read it. None of that is meant for this program: it
 * could add a CA, turn verification off, log the keys of TLS sessions, or send what happens here elsewhere.
 * @see https://docs.deno.com/runtime/reference/env_variables/
 * @module
 */
import { InvalidInput } from "../errors.ts";
import { shellWord } from "../text/shell.ts";

/** Variables of the runtime and its libraries. Proxies and SSL_CERT_FILE are the host's, and are read by name where they count. */
const OF_THE_RUNTIME = /^(DENO|NODE|OTEL|RUST)_|^SSLKEYLOGFILE$/;
/** What a self-extracting kubewright sets for itself. */
const OWN = ["DENO_DIR", "DENO_NO_UPDATE_CHECK", "DENO_NO_PACKAGE_JSON"];
/** What has had its effect before the first line of this program runs, and why it is refused. */
const TOO_LATE: Readonly<Record<string, string>> = {
  SSLKEYLOGFILE: "the keys of all TLS sessions, and with them every secret that is sent, would be written to a file",
  DENO_UNSTABLE_CRON_SOCK: "the program that listens at its socket would be connected",
  ...(Deno.build.standalone ? {} : { DENO_CERT: "its CA would be trusted in addition to the cluster's" }),
};

/** What of the environment was there at the start that cannot be undone. */
let refused: readonly string[] = [];

/**
 * Takes out of the environment what is the runtime's. Without this, and without the empty list of stores, Deno trusts
 * further CAs besides those that it is given: whoever has a certificate of one of them for the control plane's name
 * would pass for the cluster. Deno reads these variables when it first makes a client.
 */
export function trustNobodyElse(): void {
  const there = Object.keys(Deno.env.toObject());
  refused = there.filter((name) => Object.hasOwn(TOO_LATE, name));
  for (const name of there) if (OF_THE_RUNTIME.test(name) && !OWN.includes(name)) Deno.env.delete(name);
  Deno.env.set("DENO_TLS_CA_STORE", "");
}

/** Refuses to work where {@linkcode trustNobodyElse} came too late. @throws {InvalidInput} naming the variables. */
export function checkEnvironment(): void {
  if (refused.length === 0) return;
  throw new InvalidInput(
    "Cannot run in this environment:",
    refused.map((name) => ({ where: name, what: `environment variable "${name}" must not be set: ${TOO_LATE[name]}` })),
    {
      hint: `Unset it, and run the command again: env ${
        refused.map((name) => `-u ${shellWord(name)}`).join(" ")
      } kubewright …`,
    },
  );
}
