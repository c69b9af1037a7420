import type { Logger } from './logger.ts';

export interface Ticker {
  start(): void;
  /** Resolves when the run in progress, if any, is over. */
  stop(): Promise<void>;
  /** Runs soon, without waiting for the next tick. */
  kick(): void;
}

/** A background loop whose runs never overlap; a run that throws is logged and tried again at the next tick. */
export function createTicker({
  everyMs,
  run,
  logger,
}: {
  everyMs: number;
  run: () => Promise<void>;
  logger: Logger;
}): Ticker {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let kicked = false;
  let stopped = true;

  const schedule = (ms: number) => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(tick, ms);
  };
  const tick = () => {
    kicked = false;
    running = run()
      .catch((error: unknown) => logger.warn({ err: error }, 'background run failed'))
      .finally(() => {
        running = undefined;
        schedule(kicked ? 0 : everyMs);
      });
  };
  return {
    start() {
      if (!stopped) return;
      stopped = false;
      schedule(0);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
    kick() {
      kicked = true;
      if (!running) schedule(0);
    },
  };
}
