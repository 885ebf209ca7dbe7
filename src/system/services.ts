/** Services: systemd's units, and systemd itself. @module */

/** The state of a unit. */
export interface UnitState {
  /** `loaded`, `not-found`, `masked`, `error`, … */
  load: string;
  /** `active`, `reloading`, `inactive`, `failed`, `activating`, `deactivating`, … */
  active: string;
  /** The state of its type, `running`, `dead`, `auto-restart`, … */
  sub: string;
  /** `enabled`, `disabled`, `static`, `masked`, …; empty for a unit that does not exist. */
  enabled: string;
  /** Its last result: `success`, `exit-code`, `signal`, …; empty for units that do not end. */
  result: string;
  /** How often systemd restarted it automatically. */
  restarts: number;
  /** The exit status of its main process, 203 if that could not be executed (systemd.exec(5)); 0 while it runs. */
  exitStatus: number;
  /** When it became active, by the clock at that time, in whole seconds; absent: never. `node/services.ts` is more exact. */
  activeSince?: Date;
  /** The same in seconds after boot, in which the machine did not sleep; 0: it never did. */
  activeSinceBoot: number;
  /** Its files changed after systemd read them. */
  needsReload: boolean;
  /** A condition (`Condition…=`, `Assert…=`, `ExecCondition=`) was not met at the last start. */
  conditionFailed: boolean;
  /** When systemd last tried to start it, in seconds after boot; 0: never. */
  triedSinceBoot: number;
}

/** The state of a timer unit. */
export interface TimerState {
  /** `loaded`, `not-found`, `masked`, `error`, … */
  load: string;
  /** `active` while it waits or its unit runs, `inactive`, `failed`. */
  active: string;
  /** `enabled`, `disabled`, `static`, `masked`, …; empty for a timer that does not exist. */
  enabled: string;
  /** `success`, or why it failed. */
  result: string;
  /** The unit that it starts, `backup.service`; empty for a timer that does not exist. */
  starts: string;
  /** When it elapses next, in whole seconds; absent: not scheduled, for example while it is inactive. */
  next?: Date;
  /** When it last elapsed, in whole seconds, for a persistent timer also before the last boot; absent: never. */
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
 * Observing methods. Units are named with their type, `kubelet.service`. When systemd does not answer, that is a `UserError`
 * and never means that a unit does not exist.
 */
export interface ServiceStates {
  /** Whether process 1 is systemd (sd_booted(3)). If not (a container, a chroot), no service runs. */
  booted(): Promise<boolean>;
  /** systemd itself; undefined when it does not answer. */
  manager(): Promise<ManagerState | undefined>;
  /** The unit; one that does not exist has `load` "not-found" and is "inactive". */
  state(unit: string): Promise<UnitState>;
  /** As `state`, for several in one call, in their order. */
  states(units: readonly string[]): Promise<UnitState[]>;
  /**
   * The timer, `backup.timer`; one that does not exist has `load` "not-found" and is "inactive". It is enabled, started,
   * stopped and disabled like every unit.
   */
  timer(unit: string): Promise<TimerState>;
  /** Whether the unit starts at boot. Read from its files, so it is also known where systemd does not run. */
  isEnabled(unit: string): Promise<boolean>;
  /** The last lines of the unit's log, the oldest first, without time and host. */
  journal(unit: string, lines: number): Promise<string[]>;
}

/** Changing methods. Each reports a Change, the `systemctl` command line, and throws a `UserError` when systemd refuses. */
export interface ServiceChanges {
  start(unit: string): Promise<void>;
  stop(unit: string): Promise<void>;
  restart(unit: string): Promise<void>;
  /** Enables its start at boot, and with `now` starts it; systemd reloads its files. */
  enable(unit: string, options?: { now?: boolean }): Promise<void>;
  /** Disables its start at boot, and with `now` stops it. */
  disable(unit: string, options?: { now?: boolean }): Promise<void>;
  /** Resets its failed state, so that it can be started again at once. */
  resetFailed(unit: string): Promise<void>;
  /** Reloads the files of all units. */
  daemonReload(): Promise<void>;
}

/** Services of the machine. */
export interface Services extends ServiceStates, ServiceChanges {}
