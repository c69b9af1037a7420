import { medianOfCounts, probesToMixed, probesToUnpaid } from '@oml/protocol/evidence/detection';
import type { BatchOpening } from '@oml/protocol/evidence/batch';
import { zeroHash } from 'viem';
import type { CallRecord } from '../../src/programs/call-record.ts';
import { planItemCount } from '../../src/programs/evidence-plan.ts';
import { weigh } from '../../src/programs/evidence-weigh.ts';
import type { Book, Pool } from './pool.ts';
import type { Deciding } from './record.ts';

/** Uniform in [0, 1). */
export type Random = () => number;

export const UNPAID_SHARES = [0.01, 0.05, 0.1, 0.25, 0.5] as const;
export const MIXED_SHARES = [0.3, 0.6, 1] as const;

/** A host that cheats with a share of its uses: probes until it is caught, at the median. */
export interface Point {
  share: number;
  predicted: number;
  measured: number;
}

/** Runs against a host that leaves a share of its uses unpaid: each asks until one use would be claimed. */
export function unpaidCurve({ uses }: Pool, runs: number, random: Random): Point[] {
  return UNPAID_SHARES.map((share) => {
    const counts = Array.from({ length: runs }, () => {
      let probes = 1;
      while (!pick(random() < share ? uses.cheating : uses.honest, random)) probes++;
      return probes;
    });
    return { share, predicted: probesToUnpaid(share), measured: medianOfCounts(counts) };
  });
}

/**
 * Runs against a host that answers a share of its calls with M: each asks batches as the verifier plans them for that
 * share, whose keys follow each other from a drawn place, until the verifier's own weighing says `match`.
 */
export async function mixedCurve(
  deciding: Deciding,
  pool: Pool,
  book: Book,
  runs: number,
  random: Random,
  shares: readonly number[] = MIXED_SHARES,
): Promise<Point[]> {
  const { bits, commonSize, survival } = book;
  const number = 1n;
  const remembering = remember(deciding);
  const needed = Number(await remembering.court.scoreNeeded(book.modelId, 1, number));
  const points: Point[] = [];
  for (const share of shares) {
    const items = planItemCount({ bits, commonSize, needed, share, survival });
    const predicted = probesToMixed({ share, survival, bits, threshold: needed, items });
    const opening = openingOf(book, items);
    const counts: number[] = [];
    for (let run = 0; run < runs; run++) {
      let probes = 0;
      for (;;) {
        const { verdict, items: walked } = await weigh(
          remembering,
          { number, opening },
          drawBatch(pool, { share, items, commonSize }, random),
        );
        probes += walked;
        if (verdict === 'match') break;
      }
      counts.push(probes);
    }
    points.push({ share, predicted, measured: medianOfCounts(counts) });
  }
  return points;
}

/** A batch of a clean host. */
export const drawCleanBatch = (pool: Pool, items: number, commonSize: number, random: Random): CallRecord[] =>
  drawBatch(pool, { share: 0, items, commonSize }, random);

function drawBatch(
  { answers }: Pool,
  { share, items, commonSize }: { share: number; items: number; commonSize: number },
  random: Random,
): CallRecord[] {
  const offset = Math.floor(random() * commonSize);
  return Array.from({ length: items }, (_, i) => {
    const from = random() < share ? answers.cheating : answers.honest;
    return pick(from.get((offset + i) % commonSize)!, random);
  });
}

export const openingOf = ({ modelId, account, licenseId }: Book, itemCount: number): BatchOpening => ({
  account,
  modelId,
  release: 1,
  licenseIds: [licenseId],
  itemCount,
  pairsRoot: zeroHash,
  salt: zeroHash,
});

/** The chain says the same each time; a thousand runs ask it once. */
function remember({ court, hosts }: Deciding): Pick<Deciding, 'court' | 'hosts'> {
  const needed = new Map<string, Promise<bigint>>();
  const models = new Map<string, ReturnType<typeof hosts.model>>();
  const once = <Value>(known: Map<string, Promise<Value>>, key: string, read: () => Promise<Value>) => {
    if (!known.has(key)) known.set(key, read());
    return known.get(key)!;
  };
  return {
    court: {
      ...court,
      scoreNeeded: (modelId, release, number) =>
        once(needed, `${modelId}/${release}/${number}`, () => court.scoreNeeded(modelId, release, number)),
    },
    hosts: {
      ...hosts,
      model: (modelId, number) => once(models, `${modelId}/${number}`, () => hosts.model(modelId, number)),
    },
  };
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[Math.floor(random() * items.length)]!;
}

/** How far apart two medians are, at least 1. */
export const ratioOf = ({ predicted, measured }: Point): number => Math.max(predicted / measured, measured / predicted);
