/** Receives the begin and end of phases; the shape of `PhaseObserver`. */
interface Observer {
  started(path: string): void;
  finished(path: string, ms: number): void;
  failed(path: string, ms: number): void;
}

/** The time that the program takes, without the time that a person takes to answer. */
export interface Stopwatch {
  /** Milliseconds since some moment; it stands still while a person is asked. */
  clock(): number;
  /** Stands still until the answer arrives. */
  pausedBy<T>(answer: Promise<T>): Promise<T>;
  /** The observer, with pauses subtracted from the time of their phase. */
  observing(observer: Observer): Observer;
}

/** A stopwatch that runs. @param now milliseconds. */
export function stopwatch(now: () => number = () => performance.now()): Stopwatch {
  let paused = 0;
  const before = new Map<string, number>();
  const since = (path: string) => paused - (before.get(path) ?? 0);
  return {
    clock: () => now() - paused,
    async pausedBy(answer) {
      const start = now();
      try {
        return await answer;
      } finally {
        paused += now() - start;
      }
    },
    observing: ({ started, finished, failed }) => ({
      started(path) {
        before.set(path, paused);
        started(path);
      },
      finished: (path, ms) => finished(path, Math.max(0, ms - since(path))),
      failed: (path, ms) => failed(path, Math.max(0, ms - since(path))),
    }),
  };
}
