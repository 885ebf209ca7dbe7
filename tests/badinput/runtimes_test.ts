/**
 * Container runtimes that the program meets. Not on Deno 2.6, whose HTTP/2 server loses headers and ends the process when
 * a peer breaks off (`deno task test-oldest` leaves this file out): there the compiled program meets containerd in the lab.
 */
import { testEach } from "./each.ts";
import { RUNTIME_CASES } from "./runtimes.ts";

testEach([RUNTIME_CASES]);
