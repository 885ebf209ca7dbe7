import { testEach } from "./each.ts";
import { RUNTIME_CASES } from "./runtimes.ts";

testEach([RUNTIME_CASES]);
