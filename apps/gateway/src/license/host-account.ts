import { devDollarAbi, licenseRegistryAbi, parametersAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import { signBinding } from '@oml/protocol/signed/signer-binding';
import type { Chain } from '@oml/service/chain';
import type { Say } from '@oml/service/license';
import { zeroAddress, type Address, type LocalAccount } from 'viem';

/**
 * Tops the account's bond up to what the deployment asks of a host, with `needed` of it free for a new license. Throws
 * BOND_TOO_LOW where the money is missing.
 */
export async function postBond(chain: Chain, needed: bigint, say: Say): Promise<void> {
  const { publicClient, deployment, account, send } = chain;
  const { token, licenseRegistry } = deployment.contracts;
  const host = account!.address;
  const registry = { address: licenseRegistry, abi: licenseRegistryAbi } as const;
  const dollars = { address: token, abi: devDollarAbi } as const;
  const [{ bond, missing }, balance, allowance] = await Promise.all([
    bondOf(chain, host, needed),
    publicClient.readContract({ ...dollars, functionName: 'balanceOf', args: [host] }),
    publicClient.readContract({ ...dollars, functionName: 'allowance', args: [host, licenseRegistry] }),
  ]);
  if (missing === 0n) return say(`bond: ${formatDollars(bond)} is enough`);
  if (balance < missing)
    throw new OmlError(
      'BOND_TOO_LOW',
      `The bond lacks ${formatDollars(missing)}, and ${host} holds ${formatDollars(balance)}.`,
      { details: { missing: String(missing), balance: String(balance) } },
    );
  if (allowance < missing) await send({ ...dollars, functionName: 'approve', args: [licenseRegistry, missing] });
  await send({ ...registry, functionName: 'depositBond', args: [host, missing] });
  say(`bond: deposited ${formatDollars(missing)}, now ${formatDollars(bond + missing)}`);
}

/** An account's bond, and what it lacks so that `needed` of it is free for a new license. */
export async function bondOf(
  { publicClient, deployment }: Pick<Chain, 'publicClient' | 'deployment'>,
  host: Address,
  needed: bigint,
): Promise<{ bond: bigint; missing: bigint }> {
  const { licenseRegistry, parameters } = deployment.contracts;
  const [{ bond, allocated, contested, exit }, least] = await Promise.all([
    publicClient.readContract({
      address: licenseRegistry,
      abi: licenseRegistryAbi,
      functionName: 'accountOf',
      args: [host],
    }),
    publicClient.readContract({ address: parameters, abi: parametersAbi, functionName: 'minAccountBond' }),
  ]);
  return { bond, missing: max(0n, contested + exit.amount + max(least, allocated + needed) - bond) };
}

/**
 * Binds the signer to the account, once and forever. Throws SIGNATURE_INVALID where it belongs to another account or is
 * revoked.
 */
export async function bindSigner(
  { publicClient, deployment, account, send }: Chain,
  signer: LocalAccount,
  say: Say,
): Promise<void> {
  const { licenseRegistry } = deployment.contracts;
  const registry = { address: licenseRegistry, abi: licenseRegistryAbi } as const;
  const [bound, revokedAt] = await publicClient.readContract({
    ...registry,
    functionName: 'signerOf',
    args: [signer.address],
  });
  if (revokedAt > 0)
    throw new OmlError('SIGNATURE_INVALID', `The signer ${signer.address} is revoked: choose another key.`);
  if (bound === account!.address) return say(`signer: ${signer.address} is bound`);
  if (bound !== zeroAddress)
    throw new OmlError('SIGNATURE_INVALID', `The signer ${signer.address} belongs to ${bound}.`);
  const consent = await signBinding(signer, account!.address, { chainId: deployment.chainId, licenseRegistry });
  await send({ ...registry, functionName: 'bindSigner', args: [signer.address, consent] });
  say(`signer: bound ${signer.address}`);
}

/** Refuses to serve with a signer whose receipts would bind nobody, or somebody else. Throws SIGNATURE_INVALID. */
export async function checkSigner(
  { publicClient, deployment }: Pick<Chain, 'publicClient' | 'deployment'>,
  signer: Address,
  account: Address,
): Promise<void> {
  const bound = {
    address: deployment.contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'signerOf',
    args: [signer],
  } as const;
  const [owner, revokedAt] = await publicClient.readContract(bound);
  if (owner !== account)
    throw new OmlError(
      'SIGNATURE_INVALID',
      `The signer ${signer} is not bound to ${account}: bind it first (oml host up does, or npm run onboard -w @oml/gateway).`,
    );
  if (revokedAt > 0)
    throw new OmlError('SIGNATURE_INVALID', `The signer ${signer} is revoked: oml host rotate signer makes another.`);
}

/** May the gas account collect from channels in the account's name? */
export const mayCollect = (
  { publicClient, deployment }: Pick<Chain, 'publicClient' | 'deployment'>,
  gas: Address,
  account: Address,
): Promise<boolean> =>
  publicClient.readContract({
    address: deployment.contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'actsFor',
    args: [account, gas],
  });

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
