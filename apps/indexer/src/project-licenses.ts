import type { Transaction } from '@oml/db/client';
import { fromAmount } from '@oml/db/columns';
import { LICENSE_STATES, SUSPENSIONS, type LicenseStateName } from '@oml/protocol/chain/license-state';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import type { LicenseEvent } from './event.ts';
import { toDate, toText } from './stored.ts';

type Of<Name extends LicenseEvent['eventName']> = LicenseEvent & { eventName: Name };

/** What an event of the license registry changes in licenses; bonds and signers are `project-accounts.ts`. */
export async function projectLicense(tx: Transaction, event: LicenseEvent): Promise<void> {
  const { eventName, args } = event;
  switch (eventName) {
    case 'LicenseAccepted':
      return accept(tx, event);
    case 'LicenseApproved':
      return change(tx, args.licenseId, { state: 'bonded' });
    case 'EditionDelivered':
      return deliver(tx, event);
    case 'LicenseActivated':
      return change(tx, args.licenseId, {
        state: 'active',
        activated: BigInt(args.release),
        suspension: null,
        paidUntil: toTime(args.paidUntil),
      });
    case 'LicenseRenewed':
      return change(tx, args.licenseId, { paidUntil: toTime(args.paidUntil) });
    case 'LicenseSuspended':
      return suspend(tx, event);
    case 'LicenseReinstated':
      return change(tx, args.licenseId, { state: stateName(args.state), barred: false, suspension: null });
    case 'LicenseFrozen':
      return change(tx, args.licenseId, { frozenUntil: toTime(args.until) });
    case 'LeakBondTaken':
      return change(tx, args.licenseId, {
        state: 'slashed',
        leakBond: fromAmount(args.left),
        closedAt: toDate(args.closedAt),
      });
    case 'EndpointChanged':
      return change(tx, args.licenseId, { endpoint: toText(args.endpoint) });
    case 'LicenseClosing':
      return change(tx, args.licenseId, { state: 'closing', closedAt: toDate(args.closedAt) });
    case 'LicenseClosed':
      return end(tx, args.licenseId);
  }
}

async function accept(tx: Transaction, { args, tx: acceptTx, at }: Of<'LicenseAccepted'>): Promise<void> {
  const { licenseId, modelId, account, vault, termsId, kind, state, bond, leakBond, endpoint, encryptionKey } = args;
  const amounts = { reserved: fromAmount(bond), leakBond: fromAmount(leakBond) };
  const data = {
    licenseId,
    modelId,
    account,
    vault,
    termsId: BigInt(termsId),
    kind,
    state: stateName(state),
    endpoint: toText(endpoint),
    encryptionKey,
    ...amounts,
    acceptTx,
    acceptedAt: at,
  };
  await tx.license.create({ data });
}

async function deliver(tx: Transaction, { args, tx: deliverTx }: Of<'EditionDelivered'>): Promise<void> {
  const { licenseId, release, editionRoot, activateBy } = args;
  const { state } = await tx.license.findUniqueOrThrow({ where: { licenseId } });
  const edition = { delivered: BigInt(release), editionRoot, deliverTx, activateBy: toDate(activateBy) };
  await change(tx, licenseId, { ...edition, ...(state === 'bonded' ? { state: 'delivered' } : {}) });
}

/** A license that is asked for or on its way out keeps its state when the leak court bars it. */
async function suspend(tx: Transaction, { args: { licenseId, reason } }: Of<'LicenseSuspended'>): Promise<void> {
  const { state } = await tx.license.findUniqueOrThrow({ where: { licenseId } });
  const suspension = SUSPENSIONS[reason]!;
  const goesOn = state === 'requested' || state === 'closing';
  await change(tx, licenseId, {
    suspension,
    ...(suspension === 'barred' ? { barred: true } : {}),
    ...(goesOn ? {} : { state: 'suspended' }),
  });
}

async function end(tx: Transaction, licenseId: bigint): Promise<void> {
  const { state } = await tx.license.findUniqueOrThrow({ where: { licenseId } });
  await change(tx, licenseId, { state: state === 'slashed' ? 'slashed' : 'closed', reserved: 0, leakBond: 0 });
}

type Changes = Parameters<Transaction['license']['update']>[0]['data'] & { state?: LicenseStateName };

/** Changes a license, and keeps its model's count of hosts that serve. */
async function change(tx: Transaction, licenseId: bigint, data: Changes): Promise<void> {
  const { state: before, kind, modelId } = await tx.license.findUniqueOrThrow({ where: { licenseId } });
  const { state: after } = await tx.license.update({ where: { licenseId }, data });
  if (kind !== TERMS_KIND.SERVE) return;
  const difference = Number(after === 'active') - Number(before === 'active');
  if (difference !== 0) await tx.model.update({ where: { modelId }, data: { hostCount: { increment: difference } } });
}

const stateName = (state: number): LicenseStateName => LICENSE_STATES[state] as LicenseStateName;
/** 0 says never. */
const toTime = (seconds: number): Date | null => (seconds === 0 ? null : toDate(seconds));
