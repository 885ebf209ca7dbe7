/** Services: systemd's units, and systemd itself. @module */

/** A unit as systemd has it. */
export interface UnitState {
  /** `loaded`, `not-found`, `masked`, `error`, … */
  load: string;
  /** `active`, `reloading`, `inactive`, `failed`, `activating`, `deactivating`, … */
  active: string;
  /** The state of its type, `running`, `dead`, `auto-restart`, … */
  sub: string;
  /** `enabled`, `disabled`, `static`, `masked`, …; empty for a unit that is not there. */
  enabled: string;
  /** How it ended last: `success`, `exit-code`, `signal`, …; empty for units that do not end. */
  result: string;
  /** How often systemd started it again by itself. */
  restarts: number;
  /** The exit status of its main process, 203 where that could not be executed (systemd.exec(5)); 0 while it runs. */
  exitStatus: number;
  /** When it became active, by the clock of then, to the second; absent: it never did. `node/services.ts` knows it better. */
  activeSince?: Date;
  /** The same in seconds after boot, in which the machine did not sleep; 0: it never did. */
  activeSinceBoot: number;
  /** Its files are newer than what systemd has read. */
  needsReload: boolean;
  /** A condition of it (`Condition…=`, `Assert…=`, `ExecCondition=`) did not hold when systemd was last to start it. */
  conditionFailed: boolean;
  /** When systemd was last to start it, in seconds after boot; 0: never. */
  triedSinceBoot: number;
}

/** A timer unit as systemd has it. */
export interface TimerState {
  /** `loaded`, `not-found`, `masked`, `error`, … */
  load: string;
  /** `active` while it waits or what it starts runs, `inactive`, `failed`. */
  active: string;
  /** `enabled`, `disabled`, `static`, `masked`, …; empty for one that is not there. */
  enabled: string;
  /** `success`, or why it failed. */
  result: string;
  /** The unit that it starts, `backup.service`; empty for one that is not there. */
  starts: string;
  /** When it elapses next, to the second; absent: not at all as things are, as when it is not active. */
  next?: Date;
  /** When it elapsed last, to the second, also before the last boot where it is persistent; absent: never. */
  last?: Date;
}

/** systemd itself. */
export interface ManagerState {
  /** `252`. */
  version: string;
  /** `running`, `degraded`, `starting`, … */
  state: string;
  failedUnits: number;
}

/**
 * What observes. Units are named with their type, `kubelet.service`. Whatever systemd cannot be asked is a `UserError`: that
 * it does not answer never means that a unit is not there.
 */
export interface ServiceStates {
  /** Whether process 1 is systemd (sd_booted(3)). Where it is not (a container, a chroot), no service runs. */
  booted(): Promise<boolean>;
  /** systemd itself; undefined where it does not answer. */
  manager(): Promise<ManagerState | undefined>;
  /** The unit; one that is not there has `load` "not-found" and is "inactive". */
  state(unit: string): Promise<UnitState>;
  /** As `state`, for several in one call, in their order. */
  states(units: readonly string[]): Promise<UnitState[]>;
  /**
   * The timer, `backup.timer`; one that is not there has `load` "not-found" and is "inactive". It is enabled, started,
   * stopped and disabled as every unit.
   */
  timer(unit: string): Promise<TimerState>;
  /** Whether the unit starts at boot. Its files are asked, so there is an answer where systemd does not run, too. */
  isEnabled(unit: string): Promise<boolean>;
  /** The last lines that the unit wrote, the oldest first, without time and host. */
  journal(unit: string, lines: number): Promise<string[]>;
}

/** What changes. Each reports a Change, the `systemctl` command line, and is a `UserError` when systemd refuses. */
export interface ServiceChanges {
  start(unit: string): Promise<void>;
  stop(unit: string): Promise<void>;
  restart(unit: string): Promise<void>;
  /** Makes it start at boot, and with `now` at once; systemd reads its files anew. */
  enable(unit: string, options?: { now?: boolean }): Promise<void>;
  /** Takes that back, and with `now` stops it. */
  disable(unit: string, options?: { now?: boolean }): Promise<void>;
  /** Forgets that it failed, so that it may be started again at once. */
  resetFailed(unit: string): Promise<void>;
  /** Reads the files of all units anew. */
  daemonReload(): Promise<void>;
}

/** Services of the machine. */
export interface Services extends ServiceStates, ServiceChanges {}
