import { OmlError } from '@oml/protocol/error';
import type { WalletClient } from 'viem';
import type { PayingAccount } from './paid-request.ts';

/**
 * Lets a browser wallet pay: wraps a viem or wagmi wallet client. The wallet asks its person once per payment. Throws
 * UNAUTHORIZED where none is connected.
 */
export function walletAccount(wallet: WalletClient): PayingAccount {
  const { account } = wallet;
  if (!account) throw new OmlError('UNAUTHORIZED', 'No account is connected to this wallet.');
  return {
    address: account.address,
    signTypedData: (message) =>
      wallet.signTypedData({ ...message, account } as Parameters<typeof wallet.signTypedData>[0]),
  };
}
