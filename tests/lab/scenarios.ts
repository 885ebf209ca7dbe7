/**
 * Every scenario there is, in the order they run.
 *
 * @module
 */

import type { Scenario } from "./scenario.ts";
import { scenario as peer } from "./scenarios/peer.ts";

export const SCENARIOS: readonly Scenario[] = [peer];
