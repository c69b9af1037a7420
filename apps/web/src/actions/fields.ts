import { formatDollars } from '@oml/protocol/money';
import { priceFault } from '@oml/protocol/price-guard';
import { dollars, parseDollars } from '@oml/ui/dollars';
import { getAddress, isAddress, isAddressEqual, zeroAddress } from 'viem';
import type { Address } from '#kit/hex.ts';
import type { Field, Values } from './action.ts';

/** Where tokens go to be gone. */
const DEAD: Address = '0x000000000000000000000000000000000000dEaD';

/** An amount of the token, more than nothing, at most `most`. */
export function dollarsField(label: string, { most, initial }: { most?: bigint; initial?: bigint } = {}): Field {
  return {
    name: 'amount',
    label,
    unit: 'dollars',
    ...(initial !== undefined && initial > 0n ? { initial: formatDollars(initial) } : {}),
    ...(most === undefined ? {} : { hint: `At most ${dollars(most)}.` }),
    problem(text) {
      const amount = parseDollars(text);
      if (!amount) return 'Dollars above zero with at most six decimals, such as 2.50.';
      return most !== undefined && amount > most ? `At most ${dollars(most)}.` : undefined;
    },
  };
}

/** A price that takes the place of another; one far from it is doubted. */
export function priceField(label: string, before: bigint): Field {
  return {
    ...dollarsField(label),
    initial: formatDollars(before),
    doubt: (text) => {
      const price = parseDollars(text);
      return price ? priceFault({ price, beside: { price: before, is: 'that it asks now' } }) : undefined;
    },
  };
}

/** The amount of a dollars field that has no problem; 0 where it was not filled in. */
export const amountOf = ({ amount = '' }: Values): bigint => parseDollars(amount) ?? 0n;

/** An account that something goes to. */
export function accountField(label: string, hint?: string): Field {
  return {
    name: 'account',
    label,
    ...(hint ? { hint } : {}),
    problem(text) {
      if (!isAddress(text.trim(), { strict: false })) return 'An address: 0x and 40 hexadecimal digits.';
      const account = getAddress(text.trim());
      if (isAddressEqual(account, zeroAddress) || isAddressEqual(account, DEAD))
        return 'Nobody has this address: what goes there is gone.';
      return undefined;
    },
  };
}

export const accountOf = ({ account = '' }: Values): Address => getAddress(account.trim());

/** A whole number from `least` to `most`. */
export function countField(
  name: string,
  label: string,
  { least = 1, most, initial }: { least?: number; most: number; initial?: number },
): Field {
  return {
    name,
    label,
    hint: `${least} to ${most}.`,
    ...(initial === undefined ? {} : { initial: String(initial) }),
    problem: (text) =>
      /^\d{1,9}$/.test(text.trim()) && Number(text) >= least && Number(text) <= most
        ? undefined
        : `A whole number from ${least} to ${most}.`,
  };
}

/** A share in percent with at most two decimals, as basis points. */
export const bpsOf = (text: string): number | undefined =>
  /^\d{1,3}(?:\.\d{1,2})?$/.test(text.trim()) ? Math.round(Number(text) * 100) : undefined;

export interface Payee {
  account: Address;
  bps: number;
}

/** Lines of an address and a share in percent, 100 together; undefined where they are not. */
export function payeesOf(text: string): Payee[] | undefined {
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim().split(/[\s,;]+/)]));
  const payees = lines.flatMap(([account = '', share = '']) => {
    const bps = bpsOf(share.replace('%', ''));
    return isAddress(account, { strict: false }) && bps ? [{ account: getAddress(account), bps }] : [];
  });
  const total = payees.reduce((sum, { bps }) => sum + bps, 0);
  return payees.length === lines.length && payees.length <= 8 && total === 10_000 ? payees : undefined;
}
