import type { Address, Hex } from 'viem';

/** Anything that can sign typed data: a viem LocalAccount, or a wallet client wrapped to this shape. */
export interface PayingAccount {
  address: Address;
  signTypedData(message: {
    domain: Record<string, unknown>;
    types: Record<string, unknown>;
    primaryType: string;
    message: Record<string, unknown>;
  }): Promise<Hex>;
}
