import { summarisedClaims, type ClaimSummary } from './claims.ts';
import type { Database } from './client.ts';
import { fromAmount, pageSize } from './columns.ts';
import { refusedClaims, type RefusedClaimRow } from './refused-claims.ts';

/** Where a claim or a refused one stands among all: by block, claims first, and by its place in the block. */
export interface AccusationPlace {
  blockNumber: bigint;
  kind: 'claim' | 'refused';
  /** Of the event, or of the transaction, in its block. */
  index: number;
}

/** A claim, or one that the court refused. */
export type Accusation = { at: Date } & ({ claim: ClaimSummary } | { refused: RefusedClaimRow });

export interface AccusationPage {
  accusations: Accusation[];
  /** Where the next page begins after; undefined on the last. */
  next: AccusationPlace | undefined;
}

interface Query {
  modelId?: bigint;
  after?: AccusationPlace;
  limit?: number;
}

/** Claims and refused ones together, over a model or all, newest first; of each only what a list shows. */
export async function listAccusations(db: Database, { modelId, after, limit }: Query = {}): Promise<AccusationPage> {
  const take = pageSize(limit, 25);
  const of = modelId === undefined ? {} : { modelId: fromAmount(modelId) };
  const [claims, refused] = await Promise.all([
    db.claim.findMany({
      where: { ...of, ...(after ? olderClaims(after) : {}) },
      select: { claimId: true, blockNumber: true, logIndex: true },
      orderBy: [{ blockNumber: 'desc' }, { logIndex: 'desc' }],
      take: take + 1,
    }),
    db.refusedClaim.findMany({
      where: { ...of, ...(after ? olderRefusals(after) : {}) },
      select: { tx: true, blockNumber: true, txIndex: true },
      orderBy: [{ blockNumber: 'desc' }, { txIndex: 'desc' }],
      take: take + 1,
    }),
  ]);
  const places: (AccusationPlace & { id: string })[] = [
    ...claims.map(({ claimId: id, blockNumber, logIndex: index }) => ({
      id,
      blockNumber,
      kind: 'claim' as const,
      index,
    })),
    ...refused.map(({ tx: id, blockNumber, txIndex: index }) => ({ id, blockNumber, kind: 'refused' as const, index })),
  ].toSorted(newestFirst);
  const page = places.slice(0, take);
  const { id: _, ...last } = page.at(-1) ?? { id: '', blockNumber: 0n, kind: 'claim' as const, index: 0 };
  return { accusations: await read(db, page), next: places.length > take ? last : undefined };
}

const newestFirst = (a: AccusationPlace, b: AccusationPlace): number =>
  Number(b.blockNumber - a.blockNumber) ||
  Number(a.kind === 'refused') - Number(b.kind === 'refused') ||
  b.index - a.index;

// The first condition bounds the walk through the index, the second says exactly which.
const olderClaims = ({ blockNumber, kind, index }: AccusationPlace) => ({
  blockNumber: { lte: blockNumber },
  OR: [{ blockNumber: { lt: blockNumber } }, ...(kind === 'claim' ? [{ blockNumber, logIndex: { lt: index } }] : [])],
});
const olderRefusals = ({ blockNumber, kind, index }: AccusationPlace) => ({
  blockNumber: { lte: blockNumber },
  ...(kind === 'claim' ? {} : { OR: [{ blockNumber: { lt: blockNumber } }, { blockNumber, txIndex: { lt: index } }] }),
});

/** The rows of these places, in their order. */
async function read(db: Database, page: readonly (AccusationPlace & { id: string })[]): Promise<Accusation[]> {
  const ids = (kind: AccusationPlace['kind']) => page.filter((place) => place.kind === kind).map(({ id }) => id);
  const [claims, refused] = await Promise.all([summarisedClaims(db, ids('claim')), refusedClaims(db, ids('refused'))]);
  return page.flatMap(({ kind, id }): Accusation[] => {
    const [claim, refusal] = kind === 'claim' ? [claims.get(id)] : [undefined, refused.get(id)];
    if (claim) return [{ at: claim.revealedAt, claim }];
    return refusal ? [{ at: refusal.at, refused: refusal }] : [];
  });
}
