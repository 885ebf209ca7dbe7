/** Answers of what pretends to be a cluster. @module */
import { EXIT } from "../../src/errors.ts";
import type { System } from "../../src/system.ts";
import { API_VERSION, type BadInput, type Category, CONFIG, HASH, TOKEN } from "./case.ts";

const JOIN =
  `${API_VERSION}\nkind: JoinConfiguration\ntimeouts: {discovery: 20ms}\ndiscovery: {bootstrapToken: {token: ${TOKEN}, apiServerEndpoint: "192.0.2.1", caCertHashes: ["${HASH}"]}}\n`;

/** `join` where cluster-info is this. */
function join(name: string, status: number, body: string, says: RegExp, code: number = EXIT.untrusted): BadInput {
  const unverified: System["unverified"] = { get: () => Promise.resolve({ status, body }) };
  return { name, args: ["join", "--config", CONFIG], files: { [CONFIG]: JOIN }, world: { unverified }, says, code };
}

/** cluster-info with a signature that is this. */
function signed(name: string, jws: unknown, says: RegExp, code?: number): BadInput {
  return join(name, 200, JSON.stringify({ data: { kubeconfig: "a: b", "jws-kubeconfig-abcdef": jws } }), says, code);
}

const HEADER = btoa('{"alg":"HS256","kid":"abcdef"}').replaceAll("=", "");
const NONE = btoa('{"alg":"none","kid":"abcdef"}').replaceAll("=", "");
const OTHER = btoa('{"alg":"HS256","kid":"ghijkl"}').replaceAll("=", "");
const SIGNATURE = "A".repeat(43);
const UNKNOWN = /unknown to the cluster at|no signature for this token|cluster-info/;

const CASES: readonly BadInput[] = [
  ...[301, 401, 403, 404, 429, 500, 503].map((status) =>
    join(`cluster-info is answered with ${status}`, status, "{}", new RegExp(`returned status ${status}`), EXIT.timeout)
  ),
  ...["", "<html>", "{", "\0", '{"data":'].map((body) =>
    join(`cluster-info is ${JSON.stringify(body)}`, 200, body, /not JSON/)
  ),
  join("cluster-info is null", 200, "null", /cluster-info/),
  ...["5", "[]", "{}", '{"data":null}', '{"data":5}', '{"data":{"kubeconfig":{}}}'].map((body) => ({
    ...join(`cluster-info is ${body}`, 200, body, UNKNOWN),
    code: EXIT.untrusted,
  })),
  signed("a signature that is a number", 5, UNKNOWN),
  signed("a signature that is a list", ["a"], UNKNOWN),
  signed("a signature of one part", "abc", /not a detached JWS/),
  signed("a signature of four parts", "a..b.c", /not a detached JWS/),
  signed("a signature that is not detached", `${HEADER}.e30.${SIGNATURE}`, /not a detached JWS/),
  signed("a signature by nothing", `${NONE}..`, /the header must be exactly/),
  signed("a signature for another token", `${OTHER}..${SIGNATURE}`, /the header must be exactly/),
  signed("a signature that is too short", `${HEADER}..AAAA`, /the signature must be 32 bytes/),
  signed("a signature that is not base64", `${HEADER}..${"!".repeat(43)}`, /the signature must be 32 bytes/),
  signed("a signature by another secret", `${HEADER}..${SIGNATURE}`, /not created with the secret of this token/),
];

/** Answers that are not to be trusted. */
export const ANSWER_CASES: Category = { name: "answers that are not to be trusted", cases: () => CASES };
