/**
 * The preflight checks as data: their names, and what the documentation shows of each. Code that runs a check takes its
 * record from here.
 * @module
 */
import { HOST_CHECKS } from "./checks/host.ts";
import { NODE_CHECKS } from "./checks/node.ts";
import type { CheckRecord } from "./checks/record.ts";

export { LEAST } from "./checks/host.ts";
export type { CheckRecord, Skip } from "./checks/record.ts";

/** Every check, by the key that code uses. */
export const CHECKS = { ...HOST_CHECKS, ...NODE_CHECKS };

/** Every check, in the order of the documentation. */
export const CHECK_RECORDS: readonly CheckRecord[] = Object.values(CHECKS);
