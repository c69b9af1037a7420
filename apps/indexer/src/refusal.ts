import { claimCourtAbi } from '@oml/contracts/abis';
import type { Transaction } from '@oml/db/client';
import { fromAmount, storedId } from '@oml/db/columns';
import type { Revert } from '@oml/service/revert';
import { decodeFunctionData, type Address, type Hash, type Hex } from 'viem';
import { toJson } from './stored.ts';

/** A transaction to the court with status 0. */
export interface Refusal {
  tx: Hash;
  blockNumber: bigint;
  txIndex: number;
  from: Address;
  input: Hex;
  revert: Revert;
  at: Date;
}

/** Stores a refusal, with account and license as far as its call data names them. */
export async function storeRefusal(
  tx: Transaction,
  { tx: hash, blockNumber, txIndex, from, input, revert, at }: Refusal,
): Promise<void> {
  const { functionName, licenseId, account } = await readCall(tx, input);
  const license = licenseId === undefined ? {} : { licenseId: fromAmount(licenseId) };
  await tx.refusedClaim.create({
    data: {
      tx: hash,
      blockNumber,
      txIndex,
      from,
      functionName,
      errorName: revert.errorName,
      errorArgs: toJson(revert.errorArgs) as object,
      at,
      ...(account ? { account } : {}),
      ...license,
    },
  });
}

type Named = { functionName: string; account?: string; licenseId?: bigint };

async function readCall(tx: Transaction, input: Hex): Promise<Named> {
  const call = decodeCall(input);
  if (!call) return { functionName: input.slice(0, 10) };
  const { functionName } = call;
  switch (call.functionName) {
    case 'revealUnpaidUse':
    case 'revealEquivocation':
      return { functionName, ...(await accusedIn(tx, call.args[0].signed.receipt)) };
    case 'cure':
    case 'finaliseUnpaidUse':
      return { functionName, ...(await accusedIn(tx, call.args[0])) };
    case 'revealDisguisedUse':
    case 'clear':
    case 'clearUpstream':
    case 'chargeTitle':
      return { functionName, account: call.args[0].batch.account };
    case 'proveItems':
    case 'admit':
      return { functionName, account: call.args[0].account };
    case 'finaliseDisguisedUse':
      return { functionName, account: call.args[1].account };
    default:
      return { functionName };
  }
}

function decodeCall(input: Hex) {
  try {
    return decodeFunctionData({ abi: claimCourtAbi, data: input });
  } catch {
    return undefined;
  }
}

/** The host that a receipt names, if its license is one. */
async function accusedIn(
  tx: Transaction,
  { licenseId }: { licenseId: bigint },
): Promise<{ account?: string; licenseId?: bigint }> {
  if (licenseId === 0n) return {};
  const id = storedId(licenseId);
  const license = id === undefined ? null : await tx.license.findUnique({ where: { licenseId: id } });
  return { licenseId, ...(license ? { account: license.account } : {}) };
}
