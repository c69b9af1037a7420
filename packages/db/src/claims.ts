import { CLAIM_STATES, type ClaimStateName, type OffenceName } from '@oml/protocol/chain/claim-state';
import { zeroHash, type Address, type Hex } from 'viem';
import { addSteps, toClaimEventRow, type ClaimEventRow } from './claim-steps.ts';
import type { Prisma } from './generated/prisma/client.ts';
import type { Database, Transaction } from './client.ts';
import { fromAmount, pageSize, storedAddress, toAddress, toAmount, toHex } from './columns.ts';
import type { CourtEvent, Named } from './events.ts';
import { toDate } from './storable.ts';

export interface ClaimRow {
  /** The digest of the receipt that it accuses, or its batch. */
  claimId: Hex;
  offence: OffenceName;
  state: ClaimStateName;
  claimant: Address;
  account: Address;
  modelId: bigint;
  /** 0 for disguised use. */
  licenseId: bigint;
  bond: bigint;
  /** Most that it can take of the account's bond. */
  reach: bigint;
  /** What it added to the money that open claims set aside. */
  reserved: bigint;
  /** Disguised use only: the score when it was admitted, what it needed, and the items it is made of. */
  score: number;
  needed: number;
  itemCount: number;
  itemsProven: number;
  answerBy?: Date;
  /** Of the account's bond. */
  taken: bigint;
  toClaimant: bigint;
  toOwner: bigint;
  toPool: bigint;
  burned: bigint;
  revealedAt: Date;
  finalisedAt?: Date;
  timeline: ClaimEventRow[];
}

/** What an event of the court changes: claims and the steps of their story. */
export async function projectClaim(tx: Transaction, event: CourtEvent): Promise<void> {
  switch (event.eventName) {
    case 'UnpaidUseClaimed':
      await claimUnpaidUse(tx, event);
      return addSteps(tx, event);
    case 'DisguisedUseClaimed':
      await claimDisguisedUse(tx, event);
      return addSteps(tx, event);
    case 'HitProven': {
      const { claimId, index, receipt } = event.args;
      await contest(tx, claimId, index, null, receipt);
      return addSteps(tx, event);
    }
    case 'ItemsProven':
      await tx.claim.update({ where: { claimId: event.args.claimId }, data: { itemsProven: event.args.itemsProven } });
      return addSteps(tx, event);
    case 'ClaimAdmitted': {
      const { claimId, score, needed, reach, reserved, answerBy } = event.args;
      const data = {
        state: 'contested',
        score: Number(score),
        needed: Number(needed),
        reach: fromAmount(reach),
        reserved: fromAmount(reserved),
        answerBy: toDate(answerBy),
      };
      await tx.claim.update({ where: { claimId }, data });
      return addSteps(tx, event);
    }
    case 'ClaimFinalised':
      await finalise(tx, event);
      return addSteps(tx, event);
  }
}

async function claimUnpaidUse(
  tx: Transaction,
  { args, at, blockNumber, logIndex }: Named<CourtEvent, 'UnpaidUseClaimed'>,
): Promise<void> {
  const { claimId, claimant, account, modelId, vault, witness, bond, reach, reserved, answerBy, receipt } = args;
  const offence: OffenceName = witness === zeroHash ? 'unpaid-use' : 'equivocation';
  const money = { bond: fromAmount(bond), reach: fromAmount(reach), reserved: fromAmount(reserved) };
  const subject = { claimant, account, modelId: fromAmount(modelId), licenseId: fromAmount(receipt.licenseId) };
  await tx.claim.create({
    data: {
      claimId,
      offence,
      state: 'contested',
      ...subject,
      ...money,
      answerBy: toDate(answerBy),
      revealedAt: at,
      blockNumber,
      logIndex,
    },
  });
  await contest(tx, claimId, 0n, vault, receipt);
}

async function claimDisguisedUse(
  tx: Transaction,
  { args, at, blockNumber, logIndex }: Named<CourtEvent, 'DisguisedUseClaimed'>,
): Promise<void> {
  const { claimId, claimant, account, batch, itemCount, bond, proveBy } = args;
  await tx.claim.create({
    data: {
      claimId,
      offence: 'disguised-use',
      state: 'proving',
      claimant,
      account,
      modelId: fromAmount(batch.modelId),
      licenseId: 0,
      bond: fromAmount(bond),
      itemCount,
      answerBy: toDate(proveBy),
      revealedAt: at,
      blockNumber,
      logIndex,
    },
  });
}

async function contest(
  tx: Transaction,
  claimId: string,
  index: bigint,
  vault: string | null,
  receipt: Named<CourtEvent, 'HitProven'>['args']['receipt'],
): Promise<void> {
  const { paymentRef, client, cumulative } = receipt;
  await tx.contestedUse.create({
    data: { claimId, index: fromAmount(index), vault, paymentRef, client, cumulative: fromAmount(cumulative) },
  });
}

function finalise(tx: Transaction, { args, at }: Named<CourtEvent, 'ClaimFinalised'>) {
  const { claimId, state, taken, toClaimant, toOwner, toPool, burned } = args;
  const split = {
    taken: fromAmount(taken),
    toClaimant: fromAmount(toClaimant),
    toOwner: fromAmount(toOwner),
    toPool: fromAmount(toPool),
    burned: fromAmount(burned),
  };
  const name = CLAIM_STATES[state] ?? 'none';
  if (name === 'none') throw new Error(`The court logged the unknown state ${state}.`);
  return tx.claim.update({ where: { claimId }, data: { state: name, ...split, finalisedAt: at } });
}

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
    ...(row.answerBy ? { answerBy: row.answerBy } : {}),
    taken: toAmount(row.taken),
    toClaimant: toAmount(row.toClaimant),
    toOwner: toAmount(row.toOwner),
    toPool: toAmount(row.toPool),
    burned: toAmount(row.burned),
    revealedAt: row.revealedAt,
    ...(row.finalisedAt ? { finalisedAt: row.finalisedAt } : {}),
    timeline: row.steps.map(({ event }) => toClaimEventRow(event)),
  };
}
