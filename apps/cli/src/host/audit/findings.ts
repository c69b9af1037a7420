import { formatDollars } from '@oml/protocol/money';
import type { ListedModel } from '@oml/protocol/wire/host-listing';
import type { Quote } from '@oml/protocol/wire/quote';
import { isAddressEqual, type Address } from 'viem';
import type { Auditee } from './auditee.ts';
import type { Bought } from './purchases.ts';

/** One thing that was looked at; `holds` is null where nothing can be said. */
export interface Finding {
  check: 'license' | 'listing' | 'price' | 'signed' | 'booked' | 'model';
  holds: boolean | null;
  says: string;
}

export function licenseFinding({ licenseId, state, isActive, isCovered, account }: Auditee): Finding {
  const bond = isCovered ? 'covered' : 'not covered';
  const says = `license ${licenseId} is ${state}, the bond of ${account} is ${bond}`;
  return { check: 'license', holds: isActive && isCovered, says };
}

export function listingFinding(
  { endpoint, licenseId, account }: Auditee,
  by: Address,
  listed: ListedModel | undefined,
): Finding {
  const check = 'listing';
  if (!listed) return { check, holds: false, says: `${endpoint} lists nothing under license ${licenseId}` };
  if (!isAddressEqual(by, account)) return { check, holds: false, says: `${endpoint} answers for ${by}` };
  return { check, holds: true, says: `${endpoint} lists ${listed.model} under it` };
}

/** Does it ask, and charge, what its listing and the chain say? */
export function priceFinding(
  { vault, floorPrice, modelId }: Auditee,
  { price, ...listed }: ListedModel,
  quote: Quote | undefined,
  token: Address,
): Finding {
  const payees = [listed.vault, ...(quote ? [quote.payTo] : [])];
  const tokens = [listed.token, ...(quote ? [quote.token] : [])];
  const faults = [
    ...(listed.modelId === modelId ? [] : [`it lists model ${listed.modelId}, the license is on ${modelId}`]),
    ...(payees.every((each) => isAddressEqual(each, vault))
      ? []
      : [`it asks for payment to ${payees.join(', ')}, not ${vault}`]),
    ...(tokens.every((each) => isAddressEqual(each, token)) ? [] : [`it asks for the token ${tokens.join(', ')}`]),
    ...(price >= floorPrice ? [] : [`$${formatDollars(price)} is below the floor of $${formatDollars(floorPrice)}`]),
    ...(quote && quote.ceiling > price ? [`it quotes $${formatDollars(quote.ceiling)} above its listed price`] : []),
  ];
  const usual = `$${formatDollars(price)} a call at most, to the license’s vault; the floor is $${formatDollars(floorPrice)}`;
  return { check: 'price', holds: faults.length === 0, says: faults.join('; ') || usual };
}

/** An answer without a receipt that fits it is a fault; one that could not be bought says nothing. */
export function signedFinding(bought: readonly Bought[]): Finding {
  const check = 'signed';
  if (bought.length === 0) return { check, holds: null, says: 'nothing was bought' };
  const signed = bought.filter(({ receipt }) => receipt).length;
  const isFault = bought.some(({ error }) => error?.code.startsWith('RECEIPT_'));
  const why = [...new Set(bought.flatMap(({ error }) => (error ? [`${error.code}: ${error.message}`] : [])))];
  const says = [`${signed} of ${bought.length} answers came with a receipt that binds the account`, ...why].join('; ');
  return { check, holds: signed === bought.length ? true : isFault ? false : null, says };
}

/** How many uses are booked after so many seconds. A host has `hostHas` seconds for it: before, nothing is settled. */
export function bookedFinding(
  receipts: number,
  booked: number,
  { waited, hostHas }: { waited: number; hostHas: number },
): Finding {
  const check = 'booked';
  if (receipts === 0) return { check, holds: null, says: 'there is no receipt to be booked' };
  const says = `${booked} of ${receipts} uses were booked after ${waited} s`;
  if (booked === receipts) return { check, holds: true, says };
  return { check, holds: waited > hostHas ? false : null, says: `${says}; a host has ${hostHas} s` };
}
