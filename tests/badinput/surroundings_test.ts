/** What the program meets: hosts, clusters, API servers and container runtimes. */
import { ANSWER_CASES } from "./answers.ts";
import { testEach } from "./each.ts";
import { HOST_CASES } from "./hosts.ts";
import { RUNTIME_CASES } from "./runtimes.ts";
import { SERVER_CASES } from "./servers.ts";

/**
 * Whether this Deno can be a container runtime for a test. The HTTP/2 server of 2.6 loses headers and ends the process when
 * a peer breaks off, so these cases are tried on the current Deno only; on 2.6 the compiled program meets containerd in the
 * lab.
 */
const SERVES_HTTP2 = !Deno.version.deno.startsWith("2.6.");

testEach([HOST_CASES, ANSWER_CASES, SERVER_CASES]);
testEach([RUNTIME_CASES], { ignore: !SERVES_HTTP2 });
