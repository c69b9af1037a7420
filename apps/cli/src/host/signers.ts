import { licenseRegistryAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import { signBinding } from '@oml/protocol/signed/signer-binding';
import type { Chain } from '@oml/service/chain';
import { zeroAddress, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

const registryOf = ({ deployment }: Chain) =>
  ({ address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi }) as const;

/** Binds a key to the account that this chain sends for, unless it is. */
export async function bindKey(chain: Chain, key: Hex): Promise<Address> {
  const signer = privateKeyToAccount(key);
  const registry = registryOf(chain);
  const account = chain.account!.address;
  const [bound] = await chain.publicClient.readContract({
    ...registry,
    functionName: 'signerOf',
    args: [signer.address],
  });
  if (bound === account) return signer.address;
  const of = { chainId: chain.deployment.chainId, licenseRegistry: registry.address };
  const consent = await signBinding(signer, account, of);
  await chain.send({ ...registry, functionName: 'bindSigner', args: [signer.address, consent] });
  return signer.address;
}

/** Revokes a bound key; Unix seconds from when on it binds nobody. Throws NOT_FOUND where it is not bound here. */
export async function revokeKey(chain: Chain, signer: Address): Promise<number> {
  const registry = registryOf(chain);
  const of = { ...registry, functionName: 'signerOf', args: [signer] } as const;
  const [account] = await chain.publicClient.readContract(of);
  if (account !== chain.account!.address)
    throw new OmlError(
      'NOT_FOUND',
      `${signer} is not bound to ${chain.account!.address}${account === zeroAddress ? '' : `, but to ${account}`}.`,
    );
  await chain.send({ ...registry, functionName: 'revokeSigner', args: [signer] });
  return (await chain.publicClient.readContract(of))[1];
}
