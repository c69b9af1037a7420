import type { Address, Hex } from 'viem';
import type { Prisma } from './generated/prisma/client.ts';
import type { Database } from './client.ts';
import { fromAmount, pageSize, storedAddress, toAddress, toAmount, toHex } from './columns.ts';
import type { ClaimEventRow, ClaimRow, ClaimStateName, OffenceName, RefusedClaimRow } from './rows.ts';

const withSteps = {
  steps: { include: { event: true }, orderBy: [{ blockNumber: 'asc' }, { logIndex: 'asc' }] },
} satisfies Prisma.ClaimInclude;
type StoredClaim = Prisma.ClaimGetPayload<{ include: typeof withSteps }>;

/** Claims against an account, over a model, or all; newest first, each with its timeline. */
export async function listClaims(
  db: Database,
  query: { account?: Address; modelId?: bigint; limit?: number } = {},
): Promise<ClaimRow[]> {
  const rows = await db.claim.findMany({
    where: {
      ...(query.account === undefined ? {} : { account: storedAddress(query.account) ?? '' }),
      ...(query.modelId === undefined ? {} : { modelId: fromAmount(query.modelId) }),
    },
    include: withSteps,
    orderBy: [{ blockNumber: 'desc' }, { logIndex: 'desc' }],
    take: pageSize(query.limit),
  });
  return rows.map(toClaimRow);
}

/** One claim, or undefined if none has that id. */
export async function getClaim(db: Database, claimId: Hex): Promise<ClaimRow | undefined> {
  const row = await db.claim.findUnique({ where: { claimId: claimId.toLowerCase() }, include: withSteps });
  return row ? toClaimRow(row) : undefined;
}

/** Transactions that the court reverted, against an account or all; latest first. */
export async function listRefusedClaims(
  db: Database,
  query: { account?: Address; limit?: number } = {},
): Promise<RefusedClaimRow[]> {
  const rows = await db.refusedClaim.findMany({
    where: query.account === undefined ? {} : { account: storedAddress(query.account) ?? '' },
    orderBy: [{ blockNumber: 'desc' }, { txIndex: 'desc' }],
    take: pageSize(query.limit),
  });
  return rows.map((row) => ({
    tx: toHex(row.tx),
    blockNumber: row.blockNumber,
    from: toAddress(row.from),
    functionName: row.functionName,
    errorName: row.errorName,
    errorArgs: asText(row.errorArgs),
    ...(row.account === null ? {} : { account: toAddress(row.account) }),
    ...(row.licenseId === null ? {} : { licenseId: toAmount(row.licenseId) }),
    at: row.at,
  }));
}

function toClaimRow(row: StoredClaim): ClaimRow {
  return {
    claimId: toHex(row.claimId),
    offence: row.offence as OffenceName,
    state: row.state as ClaimStateName,
    claimant: toAddress(row.claimant),
    account: toAddress(row.account),
    modelId: toAmount(row.modelId),
    licenseId: toAmount(row.licenseId),
    bond: toAmount(row.bond),
    reach: toAmount(row.reach),
    reserved: toAmount(row.reserved),
    score: row.score,
    needed: row.needed,
    itemCount: row.itemCount,
    itemsProven: row.itemsProven,
    ...(row.titleModelId === null ? {} : { titleModelId: toAmount(row.titleModelId) }),
    ...(row.answerBy ? { answerBy: row.answerBy } : {}),
    taken: toAmount(row.taken),
    fromTitle: toAmount(row.fromTitle),
    toClaimant: toAmount(row.toClaimant),
    toOwner: toAmount(row.toOwner),
    toPool: toAmount(row.toPool),
    burned: toAmount(row.burned),
    revealedAt: row.revealedAt,
    ...(row.finalisedAt ? { finalisedAt: row.finalisedAt } : {}),
    timeline: row.steps.map(({ event }) => toClaimEventRow(event)),
  };
}

function toClaimEventRow(event: StoredClaim['steps'][number]['event']): ClaimEventRow {
  return {
    name: event.name,
    tx: toHex(event.tx),
    blockNumber: event.blockNumber,
    at: event.at,
    args: asText(event.args),
  };
}

/** Arguments as the page shows them: text, whatever they were. */
function asText(args: Prisma.JsonValue): Record<string, string> {
  const entries = Object.entries((args ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
