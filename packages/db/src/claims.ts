import { CLAIM_STATES, OFFENCES, type ClaimStateName, type OffenceName } from '@oml/protocol/chain/claim-state';
import type { Address, Hex } from 'viem';
import { addSteps, toClaimEventRow, type ClaimEventRow } from './claim-steps.ts';
import type { Prisma } from './generated/prisma/client.ts';
import type { Database, Transaction } from './client.ts';
import { fromAmount, pageSize, storedAddress, toAddress, toAmount, toHex } from './columns.ts';
import type { CourtEvent, Named } from './events.ts';
import { toDate } from './storable.ts';

/** A claim as lists show it. */
export interface ClaimSummary {
  /** The digest of the receipt that it accuses, a hash of several, or its batch. */
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
  /** Items that it is made of; of a disguised use also how many are shown, their score, and what it needs. */
  score: number;
  needed: number;
  itemCount: number;
  itemsProven: number;
  answerBy?: Date;
  /** Of the account's bond. */
  taken: bigint;
  /** Of title bonds, where a blame was upheld. */
  fromTitles: bigint;
  toClaimant: bigint;
  toOwner: bigint;
  burned: bigint;
  revealedAt: Date;
  finalisedAt?: Date;
  /** When what it left unbooked no longer suspended the license. */
  curedAt?: Date;
}

/** A claim with its story. */
export interface ClaimRow extends ClaimSummary {
  /** Offence 1: the payments that it contests. */
  uses: ContestedUse[];
  timeline: ClaimEventRow[];
}

/** A payment of a contested use: it is booked once `vault` has booked `cumulative` for it and this client. */
export interface ContestedUse {
  vault: Address;
  paymentRef: Hex;
  client: Address;
  cumulative: bigint;
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
    case 'ItemsProven': {
      const { claimId, itemsProven, score } = event.args;
      await tx.claim.update({ where: { claimId }, data: { itemsProven: Number(itemsProven), score: Number(score) } });
      await tx.claimHit.createMany({
        data: event.args.digests.map((digest) => ({ digest, claimId })),
        skipDuplicates: true,
      });
      return addSteps(tx, event);
    }
    case 'ClaimAdmitted': {
      const { claimId, answerBy } = event.args;
      await tx.claim.update({ where: { claimId }, data: { state: 'contested', answerBy: toDate(answerBy) } });
      return addSteps(tx, event);
    }
    case 'ClaimCured':
      await tx.claim.update({ where: { claimId: event.args.claimId }, data: { curedAt: event.at } });
      return addSteps(tx, event);
    case 'ClaimFinalised':
      await finalise(tx, event);
      return addSteps(tx, event);
  }
}

async function claimUnpaidUse(
  tx: Transaction,
  { args, at, blockNumber, logIndex, digests }: Named<CourtEvent, 'UnpaidUseClaimed'>,
): Promise<void> {
  const { claimId, claimant, account, use, receipts } = args;
  const { modelId, bond, reach, reserved, answerBy, vault } = use;
  await tx.claim.create({
    data: {
      claimId,
      offence: OFFENCES[use.offence]!,
      state: 'contested',
      claimant,
      account,
      modelId: fromAmount(modelId),
      licenseId: fromAmount(receipts[0]!.licenseId),
      bond: fromAmount(bond),
      reach: fromAmount(reach),
      reserved: fromAmount(reserved),
      itemCount: receipts.length,
      answerBy: toDate(answerBy),
      revealedAt: at,
      blockNumber,
      logIndex,
    },
  });
  await tx.contestedUse.createMany({
    data: receipts.map(({ paymentRef, client, cumulative }, index) => ({
      claimId,
      index,
      vault,
      paymentRef,
      client,
      cumulative: fromAmount(cumulative),
      digest: digests?.[index] ?? null,
    })),
  });
}

async function claimDisguisedUse(
  tx: Transaction,
  { args, at, blockNumber, logIndex }: Named<CourtEvent, 'DisguisedUseClaimed'>,
): Promise<void> {
  const { claimId, claimant, account, use, batch } = args;
  const { itemCount, needed, bond, reach, reserved, proveBy } = use;
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
      reach: fromAmount(reach),
      reserved: fromAmount(reserved),
      needed: Number(needed),
      itemCount,
      answerBy: toDate(proveBy),
      revealedAt: at,
      blockNumber,
      logIndex,
    },
  });
}

function finalise(tx: Transaction, { args, at }: Named<CourtEvent, 'ClaimFinalised'>) {
  const { claimId, ending } = args;
  const { state, taken, fromTitles, toClaimant, toOwner, burned } = ending;
  const split = {
    taken: fromAmount(taken),
    fromTitles: fromAmount(fromTitles),
    toClaimant: fromAmount(toClaimant),
    toOwner: fromAmount(toOwner),
    burned: fromAmount(burned),
  };
  const name = CLAIM_STATES[state] ?? 'none';
  if (name === 'none') throw new Error(`The court logged the unknown state ${state}.`);
  return tx.claim.update({ where: { claimId }, data: { state: name, ...split, finalisedAt: at } });
}

/** Of one claim's story, so that no claim makes a page endless. */
const MOST_STEPS = 1_000;
const withSteps = {
  steps: { include: { event: true }, orderBy: [{ blockNumber: 'asc' }, { logIndex: 'asc' }], take: MOST_STEPS },
  contested: { orderBy: { index: 'asc' }, take: MOST_STEPS },
} satisfies Prisma.ClaimInclude;
type StoredClaim = Prisma.ClaimGetPayload<{ include: typeof withSteps }>;

/** Claims against an account, by one, over a model, or all; newest first, each with its timeline. */
export async function listClaims(
  db: Database,
  query: { account?: Address; claimant?: Address; modelId?: bigint; limit?: number } = {},
): Promise<ClaimRow[]> {
  const rows = await db.claim.findMany({
    where: {
      ...(query.account === undefined ? {} : { account: storedAddress(query.account) ?? '' }),
      ...(query.claimant === undefined ? {} : { claimant: storedAddress(query.claimant) ?? '' }),
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

/** Claims by their ids, as stored; what is not there is left out. */
export async function summarisedClaims(db: Database, claimIds: string[]): Promise<Map<string, ClaimSummary>> {
  const rows = await db.claim.findMany({ where: { claimId: { in: claimIds } } });
  return new Map(rows.map((row) => [row.claimId, toSummary(row)]));
}

const toClaimRow = (row: StoredClaim): ClaimRow => ({
  ...toSummary(row),
  uses: row.contested.map(({ vault, paymentRef, client, cumulative }) => ({
    vault: toAddress(vault),
    paymentRef: toHex(paymentRef),
    client: toAddress(client),
    cumulative: toAmount(cumulative),
  })),
  timeline: row.steps.map(({ event }) => toClaimEventRow(event)),
});

function toSummary(row: Prisma.ClaimGetPayload<object>): ClaimSummary {
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
    fromTitles: toAmount(row.fromTitles),
    toClaimant: toAmount(row.toClaimant),
    toOwner: toAmount(row.toOwner),
    burned: toAmount(row.burned),
    revealedAt: row.revealedAt,
    ...(row.finalisedAt ? { finalisedAt: row.finalisedAt } : {}),
    ...(row.curedAt ? { curedAt: row.curedAt } : {}),
  };
}
