import { revenueVaultAbi } from '@oml/contracts/abis';
import type { Deployment } from '@oml/protocol/chain/deployment';
import type { Address } from '#kit/hex.ts';
import { callOf, only, type Action } from './action.ts';
import { contractsOf, type Reader } from './contracts.ts';

export interface VaultOf {
  licenseId: bigint;
  modelId: bigint;
  vault: Address;
}

/** What lies in a license's vault now, and what of it is whose; only `arrived` where the vault has no code yet. */
export async function readVault(reader: Reader, deployment: Deployment, of: VaultOf, payee: Address | undefined) {
  const { models, token } = contractsOf(deployment);
  const vault = { address: of.vault, abi: revenueVaultAbi } as const;
  if (!(await reader.getCode({ address: of.vault })))
    return { ...of, arrived: await reader.readContract({ ...token, functionName: 'balanceOf', args: [of.vault] }) };
  const [arrived, buckets, ancestors, owed] = await Promise.all([
    reader.readContract({ ...vault, functionName: 'undistributed' }),
    reader.readContract({ ...vault, functionName: 'buckets' }),
    reader.readContract({ ...models, functionName: 'ancestorsOf', args: [of.modelId] }),
    payee ? reader.readContract({ ...vault, functionName: 'owed', args: [payee] }) : 0n,
  ]);
  const royalties = await Promise.all(
    ancestors.map(async ({ modelId }) => ({
      modelId,
      owed: await reader.readContract({ ...vault, functionName: 'royaltyOwed', args: [modelId] }),
    })),
  );
  return { ...of, arrived, buckets, royalties, payee, owed };
}

export type VaultFacts = Awaited<ReturnType<typeof readVault>>;

/** Whatever lies in a vault leaves it split, to whom it belongs, whoever presses the button. */
export function vaultActions(deployment: Deployment, facts: VaultFacts): Action[] {
  const { licenseId, vault: address, arrived } = facts;
  const vault = { address, abi: revenueVaultAbi } as const;
  const pay = (
    name: string,
    rows: readonly number[],
    amount: bigint,
    words: Pick<Action, 'effect' | 'next'> & { title?: string },
    call: Parameters<typeof only>[0],
  ): Action => ({
    id: `vault-${name}-${licenseId}`,
    rows,
    title: 'Pay out',
    who: 'anyone',
    // A vault may get its code before anything arrived.
    ...(name === 'deploy' && amount === 0n ? {} : { amount }),
    ...words,
    steps: only(call),
  });
  if (!('buckets' in facts)) {
    const { licenses } = contractsOf(deployment);
    const effect = 'Arrived, and the vault has no code yet: deploying it makes it bookable.';
    return [
      pay(
        'deploy',
        [33],
        arrived,
        { effect, title: 'Deploy the vault' },
        callOf({ ...licenses, functionName: 'deployVault', args: [licenseId] }),
      ),
    ];
  }
  const { buckets, royalties, payee, owed } = facts;
  const split = { effect: 'Arrived, not split yet.', title: 'Distribute', next: 'Each part waits to be paid out.' };
  return [
    pay('distribute', [33], arrived, split, callOf({ ...vault, functionName: 'distribute', args: [] })),
    pay(
      'payOwner',
      [18],
      buckets.owner,
      { effect: 'The model’s owner.' },
      callOf({ ...vault, functionName: 'payOwner', args: [] }),
    ),
    pay(
      'payHost',
      [34],
      buckets.host,
      { effect: 'The host.' },
      callOf({ ...vault, functionName: 'payHost', args: [] }),
    ),
    pay(
      'payProtocol',
      [33],
      buckets.protocolFee + buckets.pool,
      { effect: 'Protocol fee and inspection pool.' },
      callOf({ ...vault, functionName: 'payProtocol', args: [] }),
    ),
    ...royalties.map(({ modelId, owed: royalty }) =>
      pay(
        `payAncestor-${modelId}`,
        [19],
        royalty,
        { effect: `The owner of model ${modelId}, which this one is built on.` },
        callOf({ ...vault, functionName: 'payAncestor', args: [modelId] }),
      ),
    ),
    ...(payee && owed > 0n
      ? [
          pay(
            'withdraw',
            [34],
            owed,
            { effect: 'The token refused you before: this tries again.' },
            callOf({ ...vault, functionName: 'withdraw', args: [payee] }),
          ),
        ]
      : []),
  ];
}
