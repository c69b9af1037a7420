import type { Transaction } from '@oml/db/client';
import { fromAmount } from '@oml/db/columns';
import type { ClaimStateName, OffenceName } from '@oml/db/rows';
import type { Deployment } from '@oml/protocol/deployment';
import type { CourtEvent } from './event.ts';
import { priorEvents } from './claim-origin.ts';
import { toDate } from './stored.ts';

/** By the value of the contract's enums. */
const OFFENCES: (OffenceName | undefined)[] = [undefined, 'unpaid-use', 'disguised-use'];
const STATES: (ClaimStateName | undefined)[] = [undefined, 'proving', 'contested', 'slashed', 'paid-late', 'cleared', 'lapsed'];

/** What an event of the court changes: claims and the steps of their story. */
export async function projectClaim(tx: Transaction, event: CourtEvent, deployment: Deployment): Promise<void> {
  const { eventName, args } = event;
  switch (eventName) {
    case 'ClaimRevealed':
      await reveal(tx, event);
      return addSteps(tx, event, deployment);
    case 'ReceiptContested':
    case 'ItemContested':
      await contest(tx, event);
      return addSteps(tx, event, deployment);
    case 'ItemsProven':
      await tx.claim.update({ where: { claimId: args.claimId }, data: { itemsProven: Number(args.itemsProven), score: Number(args.score) } });
      return addSteps(tx, event, deployment);
    case 'ClaimAdmitted': {
      const { claimId, reserved, score, answerBy } = args;
      await tx.claim.update({ where: { claimId }, data: { state: 'contested', reserved: fromAmount(reserved), score: Number(score), answerBy: toDate(answerBy) } });
      return addSteps(tx, event, deployment);
    }
    case 'EquivocationShown':
    case 'ItemCleared':
      return addSteps(tx, event, deployment);
    case 'ClaimFinalised':
      await finalise(tx, event);
      return addSteps(tx, event, deployment);
  }
}

function reveal(tx: Transaction, { args, at }: CourtEvent & { eventName: 'ClaimRevealed' }) {
  const { claimId, claimant, account, offence, modelId, licenseId, bond } = args;
  const money = { modelId: fromAmount(modelId), licenseId: fromAmount(licenseId), bond: fromAmount(bond) };
  return tx.claim.create({ data: { claimId, claimant, account, offence: named(OFFENCES, offence), state: 'proving', ...money, revealedAt: at } });
}

function contest(tx: Transaction, event: CourtEvent & { eventName: 'ReceiptContested' | 'ItemContested' }) {
  const { claimId, index, paymentRef, client, cumulative } = event.args;
  const vault = event.eventName === 'ReceiptContested' ? event.args.vault : null;
  return tx.contestedUse.create({ data: { claimId, index: fromAmount(index), vault, paymentRef, client, cumulative: fromAmount(cumulative) } });
}

function finalise(tx: Transaction, { args, at }: CourtEvent & { eventName: 'ClaimFinalised' }) {
  const { claimId, state, taken, toClaimant, toOwner, toPool, burned } = args;
  const split = { taken: fromAmount(taken), toClaimant: fromAmount(toClaimant), toOwner: fromAmount(toOwner), toPool: fromAmount(toPool), burned: fromAmount(burned) };
  return tx.claim.update({ where: { claimId }, data: { state: named(STATES, state), ...split, finalisedAt: at } });
}

/** Adds the event itself and, where its call data names them, the anchors, the commitment and the batch that came before. */
async function addSteps(tx: Transaction, event: CourtEvent & { args: { claimId: bigint } }, deployment: Deployment): Promise<void> {
  const { claimId } = event.args;
  const prior = event.eventName === 'ClaimRevealed' || event.eventName === 'ItemsProven' ? await priorEvents(tx, event, deployment) : [];
  const data = [...prior, event].map(({ blockNumber, logIndex }) => ({ claimId, blockNumber, logIndex }));
  await tx.claimStep.createMany({ data, skipDuplicates: true });
}

function named<Name>(names: (Name | undefined)[], value: number): Name {
  const name = names[value];
  if (name === undefined) throw new Error(`The court logged the unknown value ${value}.`);
  return name;
}

