import type { Scenario } from "../scenario.ts";
import { scenario as disk } from "./trouble_disk.ts";
import { scenario as files } from "./trouble_files.ts";
import { scenario as host } from "./trouble_host.ts";
import { scenario as input } from "./trouble_input.ts";
import { scenario as join } from "./trouble_join.ts";
import { scenario as start } from "./trouble_start.ts";

/** Bad input and bad luck, a scenario for each place where it comes from. */
export const TROUBLE: readonly Scenario[] = [input, host, files, disk, start, join];
