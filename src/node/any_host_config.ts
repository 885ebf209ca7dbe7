/**
 * A configuration for commands that list or fetch what it needs, on a host that need not be a node.
 * @module
 */
import { SUPPORTED } from "../cluster/versions.ts";
import type { Settings } from "../config/assignments.ts";
import { loadInit } from "../config/load.ts";
import type { InitConfiguration } from "../config/types.ts";
import type { System } from "../system.ts";
import { gatherFacts } from "./facts.ts";

/** What was given: a configuration file and flags. */
export interface ConfigurationRequest {
  configText: string | undefined;
  configName?: string | undefined;
  settings: Settings;
}

/**
 * The configuration, with all defaults.
 * @param runtime only for a command that asks the container runtime: then it matters which one, where there are several.
 * @throws {InvalidInput} with every problem.
 */
export async function loadForAnyHost(
  { host }: Pick<System, "host">,
  { configText, configName, settings }: ConfigurationRequest,
  warn: (message: string) => void,
  runtime?: System["runtime"],
): Promise<InitConfiguration> {
  const facts = await gatherFacts(host, runtime);
  const options = { warn, anyHost: true, noPhases: true, anyRuntime: runtime === undefined };
  return loadInit(configText, settings, facts, SUPPORTED, configName, options);
}
