import { licenseRegistryAbi } from '@oml/contracts/abis';
import { isOmlError, OmlError } from '@oml/protocol/error';
import { headOf } from '@oml/protocol/evidence/head';
import { unclaimableNonce } from '@oml/protocol/evidence/nonce';
import { receiptSigner, type Receipt, type SignedReceipt } from '@oml/protocol/signed/receipt';
import { receiptToJson } from '@oml/protocol/wire/receipt-json';
import { keccak256, stringToBytes, zeroAddress, type Address, type Hex } from 'viem';
import { checkBond, type ChainView, type Payee } from './payee-check.ts';

/** How far `answeredAt` may lie outside of the call, in seconds (protocol §5). */
export const CLOCK_TOLERANCE_S = 120;

/** What a receipt must say for this call. */
export interface Expected {
  licenseId: bigint;
  client: Address;
  /** Undefined: it follows from the payment and its total. */
  requestNonce: Hex | undefined;
  queryHash: Hex;
  /** The exact text of the answer; for a classifier the decimal top-1 index. */
  completion: string;
  paymentRef: Hex;
  /** Smallest unit of the token. */
  amount: bigint;
  /** The payment's total with it. */
  cumulative: bigint;
  /** Those are the most that was allowed: it may have cost less. */
  mayBeLess?: boolean;
  /** Unix seconds of the first attempt and of the answer. */
  askedAt: number;
  answeredBy: number;
}

/** Names of the members in which the receipt differs from what was asked, paid and answered; empty where it fits. */
export function mismatches(receipt: Receipt, expected: Expected): (keyof Receipt)[] {
  const { amount, cumulative } = chargeOf(receipt, expected);
  const { licenseId, client, paymentRef } = expected;
  const wanted: Omit<Receipt, 'answeredAt'> = {
    licenseId,
    client,
    requestNonce: expected.requestNonce ?? unclaimableNonce(paymentRef, cumulative),
    queryHash: expected.queryHash,
    head: headOf(expected.completion),
    responseHash: keccak256(stringToBytes(expected.completion)),
    paymentRef,
    amount,
    cumulative,
  };
  const names = Object.keys(wanted) as (keyof typeof wanted)[];
  const differing: (keyof Receipt)[] = names.filter(
    (name) => String(receipt[name]).toLowerCase() !== String(wanted[name]).toLowerCase(),
  );
  const early = receipt.answeredAt < BigInt(expected.askedAt - CLOCK_TOLERANCE_S);
  const late = receipt.answeredAt > BigInt(expected.answeredBy + CLOCK_TOLERANCE_S);
  return early || late ? [...differing, 'answeredAt'] : differing;
}

/** What the receipt must say was charged: what was allowed, or the less that it says, on top of the same total. */
function chargeOf({ amount: charged }: Receipt, { amount: most, cumulative, mayBeLess }: Expected) {
  const amount = mayBeLess && charged > 0n && charged < most ? charged : most;
  return { amount, cumulative: cumulative - most + amount };
}

/**
 * The host account a receipt binds. Throws RECEIPT_INVALID where no registered, unrevoked signer made the signature.
 */
export async function receiptAccount({ publicClient, deployment }: ChainView, signed: SignedReceipt): Promise<Address> {
  const { chainId, contracts } = deployment;
  const signer = await receiptSigner(signed, { chainId, court: contracts.claimCourt }).catch((cause: unknown) => {
    throw new OmlError(
      'RECEIPT_INVALID',
      isOmlError(cause) ? cause.message : 'The receipt’s signature does not verify.',
      { cause },
    );
  });
  const bound = {
    address: contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'signerOf',
    args: [signer],
  } as const;
  const [account, revokedAt] = await publicClient.readContract(bound);
  if (account === zeroAddress)
    throw new OmlError(
      'RECEIPT_INVALID',
      'The receipt was signed by nobody’s signer: no host account answers for it.',
      { details: { signer } },
    );
  if (revokedAt > 0n && signed.receipt.answeredAt >= revokedAt)
    throw new OmlError('RECEIPT_INVALID', 'The receipt’s signer is revoked.', { details: { signer } });
  return account;
}

/**
 * Refuses a receipt that does not verify, does not name this call, or is backed by too small a bond (protocol §5).
 * Throws RECEIPT_MISSING, RECEIPT_INVALID, BOND_TOO_LOW or RECEIPT_MISMATCH, which carries what the host signed: it may
 * be evidence against it.
 */
export async function checkReceipt(
  chain: ChainView,
  signed: SignedReceipt | undefined,
  expected: Expected,
  payee: Payee,
): Promise<SignedReceipt> {
  if (!signed) throw new OmlError('RECEIPT_MISSING', 'The answer carries no receipt.');
  const account = await receiptAccount(chain, signed);
  const differing: string[] = mismatches(signed.receipt, expected);
  if (account !== payee.account) differing.push('signer');
  if (differing.length > 0)
    throw new OmlError(
      'RECEIPT_MISMATCH',
      `The receipt is for something else: it differs in ${differing.join(', ')}.`,
      { details: { differing, receipt: receiptToJson(signed) } },
    );
  await checkBond(chain, account);
  return signed;
}
