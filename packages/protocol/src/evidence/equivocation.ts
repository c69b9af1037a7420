import { zeroHash } from 'viem';
import type { Receipt } from '../signed/receipt.ts';

/**
 * Do two receipts charge the same money for different uses (protocol §5, `UnpaidUses` in Solidity)? A receipt charges
 * of its payment what lies above `cumulative − amount`, up to `cumulative`.
 */
export function chargesSameMoney(a: Receipt, b: Receipt): boolean {
  if (a.paymentRef === zeroHash || a.paymentRef !== b.paymentRef) return false;
  if (!charges(a) || !charges(b)) return false;
  if (a.cumulative - a.amount >= b.cumulative || b.cumulative - b.amount >= a.cumulative) return false;
  return a.client !== b.client || a.requestNonce !== b.requestNonce || a.queryHash !== b.queryHash;
}

const charges = ({ amount, cumulative }: Receipt): boolean => amount > 0n && amount <= cumulative;
