import { OmlError } from '@oml/protocol/error';

/** How many calls a gateway takes in before it sends buyers away unpaid. */
export interface QueueBounds {
  /** Answers of one model that are made at a time. */
  atOnce: number;
  /** A call that would wait longer than this, by what answers took before, is sent away. */
  mostWaitMs: number;
  /** Calls of one model, whatever the wait. */
  mostCalls: number;
  /** Calls of one payer and model. */
  mostOfPayer: number;
  /** Calls of one model from one address whose payments nobody has looked up yet: keys cost nothing, addresses do. */
  mostUnseen: number;
}
const BOUNDS: QueueBounds = { atOnce: 8, mostWaitMs: 2_000, mostCalls: 512, mostOfPayer: 32, mostUnseen: 32 };

/** One call's place in the line of a model. */
export interface Place {
  /**
   * Does the work when it is this call's turn. One that is given up while it waits throws ANSWER_FAILED and holds
   * nobody up; what has begun goes on.
   */
  run<Result>(work: () => Promise<Result>, givenUp?: () => AbortSignal): Promise<Result>;
  /** Its payment is borne out by the chain: the place is not its address's any more, but its payer's alone. */
  keep(): void;
  /** Gives the place up; again does nothing. */
  leave(): void;
}

/** Takes a place, before anything is paid. Throws UNAVAILABLE, retryable, with `retryAfter` in seconds. */
export type EnterQueue = (model: string, payer: string | undefined, peer?: string) => Place;

/** The line of one model. */
interface Line {
  calls: number;
  ofPayer: Map<string, number>;
  /** Of addresses: those whose payment was not looked up yet. */
  unseen: Map<string, number>;
  running: number;
  waiting: (() => void)[];
  /** What an answer took, newer ones counting more; 0 before there was one. */
  usualMs: number;
}

/** First come, first served, one line per model. */
export function createQueue(bounds: Partial<QueueBounds> = {}): EnterQueue {
  const limits = { ...BOUNDS, ...bounds };
  const lines = new Map<string, Line>();
  return (model, payer, peer) => {
    const line = lines.get(model) ?? newLine();
    lines.set(model, line);
    checkRoom(line, payer, peer, limits);
    return takePlace(line, payer, peer, limits.atOnce);
  };
}

const newLine = (): Line => ({
  calls: 0,
  ofPayer: new Map(),
  unseen: new Map(),
  running: 0,
  waiting: [],
  usualMs: 0,
});

function checkRoom(line: Line, payer: string | undefined, peer: string | undefined, limits: QueueBounds): void {
  const ahead = Math.max(0, line.calls - limits.atOnce + 1);
  const waitMs = (ahead / limits.atOnce) * line.usualMs;
  if (waitMs > limits.mostWaitMs || line.calls >= limits.mostCalls)
    throw busy('The model is busy', Math.max(waitMs, line.usualMs));
  if (payer !== undefined && (line.ofPayer.get(payer) ?? 0) >= limits.mostOfPayer)
    throw busy(`${limits.mostOfPayer} calls of this payer are under way`, line.usualMs);
  if (peer !== undefined && (line.unseen.get(peer) ?? 0) >= limits.mostUnseen)
    throw busy(`${limits.mostUnseen} payments from this address are being looked up`, line.usualMs);
}

const busy = (why: string, waitMs: number): OmlError =>
  new OmlError('UNAVAILABLE', `${why}: come again in a moment. Nothing was paid.`, {
    retryable: true,
    details: { retryAfter: Math.max(1, Math.ceil(waitMs / 1_000)) },
  });

function count(of: Map<string, number>, name: string | undefined, step: 1 | -1): void {
  if (name === undefined) return;
  const left = (of.get(name) ?? 0) + step;
  if (left > 0) of.set(name, left);
  else of.delete(name);
}

function takePlace(line: Line, payer: string | undefined, peer: string | undefined, atOnce: number): Place {
  line.calls++;
  count(line.ofPayer, payer, 1);
  count(line.unseen, peer, 1);
  let [isTaken, isUnseen] = [true, true];
  const keep = () => {
    if (isUnseen) count(line.unseen, peer, -1);
    isUnseen = false;
  };
  return {
    async run(work, givenUp) {
      if (line.running >= atOnce) await turnIn(line, givenUp?.());
      else if (line.calls > atOnce && givenUp?.().aborted) throw gone();
      else line.running++;
      const started = performance.now();
      try {
        return await work();
      } finally {
        const tookMs = performance.now() - started;
        line.usualMs = line.usualMs === 0 ? tookMs : 0.8 * line.usualMs + 0.2 * tookMs;
        const next = line.waiting.shift();
        if (next) next();
        else line.running--;
      }
    },
    keep,
    leave() {
      keep();
      if (!isTaken) return;
      line.calls--;
      count(line.ofPayer, payer, -1);
      isTaken = false;
    },
  };
}

function turnIn(line: Line, givenUp: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      line.waiting = line.waiting.filter((next) => next !== begin);
      reject(gone());
    };
    const begin = () => {
      givenUp?.removeEventListener('abort', leave);
      resolve();
    };
    if (givenUp?.aborted) return leave();
    givenUp?.addEventListener('abort', leave, { once: true });
    line.waiting.push(begin);
  });
}

const gone = () => new OmlError('ANSWER_FAILED', 'The client left before its turn came. Nothing is charged.');
