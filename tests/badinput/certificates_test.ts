import { CERTIFICATE_CASES } from "./certificates.ts";
import { testEach } from "./each.ts";

testEach([CERTIFICATE_CASES]);
