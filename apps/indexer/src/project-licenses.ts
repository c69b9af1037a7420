import type { Transaction } from '@oml/db/client';
import { fromAmount } from '@oml/db/columns';
import type { LicenseEvent } from './event.ts';
import { toDate, toText } from './stored.ts';

/** What an event of the license registry changes: licenses, bonds, signers. */
export async function projectLicense(tx: Transaction, event: LicenseEvent): Promise<void> {
  const { eventName, args, at } = event;
  switch (eventName) {
    case 'LicenseAccepted':
      return void (await accept(tx, event));
    case 'EditionDelivered':
      return deliver(tx, event);
    case 'EndpointChanged':
      return void (await tx.license.update({ where: { licenseId: args.licenseId }, data: { endpoint: toText(args.endpoint) } }));
    case 'LicenseClosing':
      return close(tx, event);
    case 'LicenseClosed':
      return void (await tx.license.update({ where: { licenseId: args.licenseId }, data: { state: 'closed', reserved: 0 } }));
    case 'BondDeposited':
    case 'BondWithdrawn':
      return setBond(tx, args.account, args.bond);
    case 'BondContested':
      return void (await tx.account.update({ where: { account: args.account }, data: { contested: { increment: fromAmount(args.amount) } } }));
    case 'BondReleased':
      return void (await tx.account.update({ where: { account: args.account }, data: { contested: { decrement: fromAmount(args.amount) } } }));
    case 'BondTaken':
      return take(tx, event);
    case 'SignerBound':
      await tx.account.createMany({ data: [{ account: args.account }], skipDuplicates: true });
      return void (await tx.signer.create({ data: { signer: args.signer, account: args.account, boundAt: at } }));
    case 'SignerRevoked':
      return void (await tx.signer.update({ where: { signer: args.signer }, data: { revokedAt: toDate(args.effectiveAt) } }));
  }
}

function accept(tx: Transaction, { args, tx: acceptTx, at }: LicenseEvent & { eventName: 'LicenseAccepted' }) {
  const { licenseId, modelId, account, vault, reserved, endpoint, encryptionKey } = args;
  return tx.license.create({
    data: { licenseId, modelId, account, vault, state: 'bonded', endpoint: toText(endpoint), encryptionKey, reserved: fromAmount(reserved), acceptTx, acceptedAt: at },
  });
}

async function deliver(tx: Transaction, { args, tx: deliverTx }: LicenseEvent & { eventName: 'EditionDelivered' }): Promise<void> {
  const { licenseId, editionRoot } = args;
  const { modelId } = await tx.license.update({ where: { licenseId }, data: { state: 'active', editionRoot, deliverTx } });
  await tx.model.update({ where: { modelId }, data: { hostCount: { increment: 1 } } });
}

async function close(tx: Transaction, { args }: LicenseEvent & { eventName: 'LicenseClosing' }): Promise<void> {
  const { licenseId, closedAt } = args;
  const { state, modelId } = await tx.license.findUniqueOrThrow({ where: { licenseId } });
  await tx.license.update({ where: { licenseId }, data: { state: 'closing', closedAt: toDate(closedAt) } });
  if (state === 'active') await tx.model.update({ where: { modelId }, data: { hostCount: { decrement: 1 } } });
}

async function setBond(tx: Transaction, account: string, amount: bigint): Promise<void> {
  const bond = fromAmount(amount);
  await tx.account.upsert({ where: { account }, create: { account, bond }, update: { bond } });
}

async function take(tx: Transaction, { args }: LicenseEvent & { eventName: 'BondTaken' }): Promise<void> {
  const { account, amount, slash, bond } = args;
  const taken = { increment: fromAmount(amount) };
  // The court takes only what it had set aside.
  const data = { bond: fromAmount(bond), contested: { decrement: fromAmount(amount) }, ...(slash ? { slashed: taken } : { lateFees: taken }) };
  await tx.account.update({ where: { account }, data });
}
