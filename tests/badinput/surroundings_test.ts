/** What the program meets: hosts, clusters and API servers. */
import { ANSWER_CASES } from "./answers.ts";
import { testEach } from "./each.ts";
import { HOST_CASES } from "./hosts.ts";
import { SERVER_CASES } from "./servers.ts";

testEach([HOST_CASES, ANSWER_CASES, SERVER_CASES]);
