import type { EndpointFiguresJson } from '@oml/protocol/wire/endpoint-figures';

/** Figures are of so much time. */
export const WINDOW_MS = 7 * 86_400_000;
/** Fewer answers say nothing about how long they take. */
const LEAST_ANSWERS = 3;

/** One look at an endpoint, or one paid answer. */
export interface Look {
  /** Unix ms. */
  at: number;
  kind: 'look' | 'answer';
  /** Of a look: was the license's model listed there? An answer came, and its receipt verified. */
  isUp: boolean;
  /** Of an answer, with its payment. */
  tookMs: number | null;
  tokensPerSecond: number | null;
  /** Of a look that found it: smallest unit, and whether the chain says the same. */
  asked: bigint | null;
  holds: boolean | null;
}

/** What the looks of the window say of an endpoint. */
export function figuresOf(
  looks: readonly Look[],
  now: number,
): Omit<EndpointFiguresJson, 'licenseId' | 'modelId' | 'endpoint'> {
  const recent = looks.filter(({ at }) => at > now - WINDOW_MS && at <= now);
  const seen = recent.filter(({ kind }) => kind === 'look');
  const answers = recent.filter(({ kind }) => kind === 'answer');
  const took = answers.flatMap(({ tookMs }) => tookMs ?? []).toSorted((a, b) => a - b);
  const speeds = answers.flatMap(({ tokensPerSecond }) => tokensPerSecond ?? []).toSorted((a, b) => a - b);
  const last = seen.findLast(({ asked }) => asked !== null);
  const verified = looks.findLast(({ kind }) => kind === 'answer');
  return {
    from: isoOf(now - WINDOW_MS),
    to: isoOf(now),
    looks: seen.length,
    up: seen.filter(({ isUp }) => isUp).length,
    missed: seen.length - 1 - seen.findLastIndex(({ isUp }) => isUp),
    answers: answers.length,
    answered: took.length < LEAST_ANSWERS ? null : { p50Ms: quantile(took, 0.5), p95Ms: quantile(took, 0.95) },
    tokensPerSecond: speeds.length < LEAST_ANSWERS ? null : quantile(speeds, 0.5),
    price: last ? { asked: String(last.asked), holds: last.holds === true } : null,
    verifiedAt: verified ? isoOf(verified.at) : null,
  };
}

/** The smallest value that this share of them does not exceed. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

const isoOf = (at: number): string => new Date(at).toISOString();
