import type { Deployment } from '@oml/protocol/chain/deployment';
import { signBinding } from '@oml/protocol/signed/signer-binding';
import { bytesToHex } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { sealingPublicKey } from './sealing-key.ts';
import type { Address, Hex } from '#kit/hex.ts';

/** What a gateway needs and what the chain is told of it. */
export interface HostKeys {
  signer: Address;
  /** The signer's consent to sign for the account. */
  consent: Hex;
  encryptionKey: Hex;
  /** Lines for the gateway's environment; only for keys made here. */
  environment?: string;
}

/** Makes a signer key and a sealing seed in this browser; they leave it only in the lines the visitor copies. */
export async function makeHostKeys(account: Address, { chainId, contracts }: Deployment): Promise<HostKeys> {
  const signerKey = generatePrivateKey();
  const seed = bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
  const signer = privateKeyToAccount(signerKey);
  return {
    signer: signer.address,
    consent: await signBinding(signer, account, { chainId, licenseRegistry: contracts.licenseRegistry }),
    encryptionKey: await sealingPublicKey(seed),
    environment: `HOST_ACCOUNT=${account}\nSIGNER_KEY=${signerKey}\nSEALING_SEED=${seed}\n`,
  };
}
