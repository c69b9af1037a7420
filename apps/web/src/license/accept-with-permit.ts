import type { Deployment } from '@oml/protocol/chain/deployment';
import { permitTypedData } from '@oml/protocol/signed/permit';
import { parseSignature, type PublicClient } from 'viem';
import { contractsOf } from '#actions/contracts.ts';
import type { Sign } from '#actions/payment-actions.ts';
import type { Address, Hex } from '#kit/hex.ts';

/** How long a permit is good for: as long as it takes to send the transaction that it goes into. */
const PERMIT_S = 1_800n;

export interface Acceptance {
  modelId: bigint;
  termsId: number;
  /** Added to the bond in the same transaction. */
  deposit: bigint;
  endpoint: string;
  encryptionKey: Hex;
  hostSalt: Hex;
}

/**
 * The acceptance of terms with the bond that they need, in one transaction: the allowance for `value` is signed, not
 * sent before.
 */
export async function acceptWithPermit(
  reader: Pick<PublicClient, 'readContract' | 'getBlock'>,
  sign: Sign,
  deployment: Deployment,
  { account, params, value }: { account: Address; params: Acceptance; value: bigint },
) {
  const { token, licenses } = contractsOf(deployment);
  const [nonce, [, name, version, chainId, verifyingContract], { timestamp }] = await Promise.all([
    reader.readContract({ ...token, functionName: 'nonces', args: [account] }),
    reader.readContract({ ...token, functionName: 'eip712Domain' }),
    reader.getBlock(),
  ]);
  const deadline = timestamp + PERMIT_S;
  const domain = { name, version, chainId: Number(chainId), verifyingContract };
  const permit = { owner: account, spender: licenses.address, value, nonce, deadline };
  const { r, s, yParity } = parseSignature(await sign(permitTypedData(permit, domain)));
  const signed = { value, deadline, v: 27 + yParity, r, s };
  return { ...licenses, functionName: 'acceptWithPermit', args: [params, signed] } as const;
}
