import { OmlError } from '@oml/protocol/error';

const MOST_KEYS = 10_000;

/** So many points a window for each key, in this process; a window begins with a key's first point. */
export class RateLimit {
  private readonly windows = new Map<string, { since: number; points: number }>();
  private readonly most: number;
  private readonly windowMs: number;

  constructor({ most, windowMs }: { most: number; windowMs: number }) {
    this.most = most;
    this.windowMs = windowMs;
  }

  /** Throws RATE_LIMITED, saying when it may be tried again. */
  take(key: string, points: number, now = Date.now()): void {
    let window = this.windows.get(key);
    if (!window || now - window.since >= this.windowMs) {
      this.windows.delete(key);
      window = { since: now, points: 0 };
      this.windows.set(key, window);
      // The oldest window is nearest to its end.
      if (this.windows.size > MOST_KEYS) this.windows.delete(this.windows.keys().next().value!);
    }
    if (window.points + points > this.most) {
      const seconds = Math.ceil((window.since + this.windowMs - now) / 1000);
      throw new OmlError('RATE_LIMITED', `${key} sends too much: try again in ${seconds} seconds.`, {
        details: { seconds },
      });
    }
    window.points += points;
  }
}
