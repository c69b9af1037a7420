import type { Transaction } from '@oml/db/client';
import { fromAmount } from '@oml/db/columns';
import type { ClaimStateName, OffenceName } from '@oml/db/rows';
import type { Deployment } from '@oml/protocol/chain/deployment';
import type { CourtEvent } from './event.ts';
import { priorEvents } from './claim-origin.ts';
import { toDate } from './stored.ts';

/** By the value of the contract's enum. */
const STATES: (ClaimStateName | undefined)[] = [
  undefined,
  'proving',
  'contested',
  'slashed',
  'paid-late',
  'cleared',
  'lapsed',
];
const NO_WITNESS = `0x${'0'.repeat(64)}`;

type Named<Name extends CourtEvent['eventName']> = CourtEvent & { eventName: Name };

/** What an event of the court changes: claims and the steps of their story. */
export async function projectClaim(tx: Transaction, event: CourtEvent, deployment: Deployment): Promise<void> {
  switch (event.eventName) {
    case 'UnpaidUseClaimed':
      await claimUnpaidUse(tx, event);
      return addSteps(tx, event, deployment);
    case 'DisguisedUseClaimed':
      await claimDisguisedUse(tx, event);
      return addSteps(tx, event, deployment);
    case 'HitProven': {
      const { claimId, index, receipt } = event.args;
      await contest(tx, claimId, index, null, receipt);
      return addSteps(tx, event, deployment);
    }
    case 'ItemsProven':
      await tx.claim.update({ where: { claimId: event.args.claimId }, data: { itemsProven: event.args.itemsProven } });
      return addSteps(tx, event, deployment);
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
      return addSteps(tx, event, deployment);
    }
    case 'HitCleared':
      await tx.claim.update({ where: { claimId: event.args.claimId }, data: { score: Number(event.args.score) } });
      return addSteps(tx, event, deployment);
    case 'TitleCharged':
      await tx.claim.update({
        where: { claimId: event.args.claimId },
        data: { titleModelId: fromAmount(event.args.modelId) },
      });
      return addSteps(tx, event, deployment);
    case 'HitTitled':
      return addSteps(tx, event, deployment);
    case 'ClaimFinalised':
      await finalise(tx, event);
      return addSteps(tx, event, deployment);
  }
}

async function claimUnpaidUse(
  tx: Transaction,
  { args, at, blockNumber, logIndex }: Named<'UnpaidUseClaimed'>,
): Promise<void> {
  const { claimId, claimant, account, modelId, vault, witness, bond, reach, reserved, answerBy, receipt } = args;
  const offence: OffenceName = witness === NO_WITNESS ? 'unpaid-use' : 'equivocation';
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

/** A claim that lapsed starts anew; its story goes on. */
async function claimDisguisedUse(
  tx: Transaction,
  { args, at, blockNumber, logIndex }: Named<'DisguisedUseClaimed'>,
): Promise<void> {
  const { claimId, claimant, account, batch, itemCount, bond, proveBy } = args;
  const subject = { offence: 'disguised-use', claimant, account, modelId: fromAmount(batch.modelId), licenseId: 0 };
  const now = {
    state: 'proving',
    bond: fromAmount(bond),
    itemCount,
    itemsProven: 0,
    answerBy: toDate(proveBy),
    revealedAt: at,
    finalisedAt: null,
    blockNumber,
    logIndex,
  };
  await tx.contestedUse.deleteMany({ where: { claimId } });
  await tx.claim.upsert({ where: { claimId }, create: { claimId, ...subject, ...now }, update: now });
}

async function contest(
  tx: Transaction,
  claimId: string,
  index: bigint,
  vault: string | null,
  receipt: Named<'HitProven'>['args']['receipt'],
): Promise<void> {
  const { paymentRef, client, cumulative } = receipt;
  await tx.contestedUse.create({
    data: { claimId, index: fromAmount(index), vault, paymentRef, client, cumulative: fromAmount(cumulative) },
  });
}

function finalise(tx: Transaction, { args, at }: Named<'ClaimFinalised'>) {
  const { claimId, state, taken, fromTitle, toClaimant, toOwner, toPool, burned } = args;
  const split = {
    taken: fromAmount(taken),
    fromTitle: fromAmount(fromTitle),
    toClaimant: fromAmount(toClaimant),
    toOwner: fromAmount(toOwner),
    toPool: fromAmount(toPool),
    burned: fromAmount(burned),
  };
  const name = STATES[state];
  if (name === undefined) throw new Error(`The court logged the unknown state ${state}.`);
  return tx.claim.update({ where: { claimId }, data: { state: name, ...split, finalisedAt: at } });
}

/**
 * Adds the event itself and, where its call data names them, the anchors, the commitment and the batch that came
 * before.
 */
async function addSteps(
  tx: Transaction,
  event: CourtEvent & { args: { claimId: string } },
  deployment: Deployment,
): Promise<void> {
  const { claimId } = event.args;
  const hasCallData =
    event.eventName === 'UnpaidUseClaimed' ||
    event.eventName === 'DisguisedUseClaimed' ||
    event.eventName === 'ItemsProven';
  const prior = hasCallData ? await priorEvents(tx, event, deployment) : [];
  const data = [...prior, event].map(({ blockNumber, logIndex }) => ({ claimId, blockNumber, logIndex }));
  await tx.claimStep.createMany({ data, skipDuplicates: true });
}
