import { licenseRegistryAbi, revenueVaultAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { isReceiptBooked } from '@oml/protocol/evidence/booked';
import type { ExactAuthorization } from '@oml/protocol/signed/authorization';
import type { Receipt } from '@oml/protocol/signed/receipt';
import type { Account, Address, Hex, WalletClient } from 'viem';
import type { ChainView } from './payee-check.ts';

/**
 * Is the receipt paid in the only meaning of the word: booked in its license's vault, at the floor price or above
 * (protocol §5)?
 */
export async function isBooked({ publicClient, deployment }: ChainView, receipt: Receipt): Promise<boolean> {
  if (receipt.licenseId === 0n) return false;
  const { licenseRegistry, termsRegistry } = deployment.contracts;
  const license = await publicClient.readContract({
    address: licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'license',
    args: [receipt.licenseId],
  });
  // A vault gets its code with its first booking: before, nothing is paid there.
  if (!(await publicClient.getCode({ address: license.vault }))) return false;
  const [total, [price]] = await Promise.all([
    publicClient.readContract({
      address: license.vault,
      abi: revenueVaultAbi,
      functionName: 'booked',
      args: [receipt.paymentRef, receipt.client],
    }),
    publicClient.readContract({
      address: termsRegistry,
      abi: termsRegistryAbi,
      functionName: 'ratesOf',
      args: [license.termsId],
    }),
  ]);
  return isReceiptBooked(receipt, total, price);
}

/** Arguments of `bookExact` for a payment into the vault `authorization.to`; anyone may send them. */
export function bookExactCall({ authorization, signature }: { authorization: ExactAuthorization; signature: Hex }) {
  const { from, to, value, validAfter, validBefore, nonce } = authorization;
  return {
    address: to,
    abi: revenueVaultAbi,
    functionName: 'bookExact',
    args: [{ from, value, validAfter, validBefore, nonce }, signature],
  } as const;
}

/**
 * Books a payment into its vault, paying the gas; for a host that is down while a claim runs, or a buyer who wants it
 * on the record.
 */
export function bookExact(
  wallet: WalletClient,
  payment: { authorization: ExactAuthorization; signature: Hex },
  account: Account | Address,
): Promise<Hex> {
  return wallet.writeContract({ ...bookExactCall(payment), account, chain: wallet.chain });
}
