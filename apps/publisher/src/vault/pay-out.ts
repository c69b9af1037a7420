import { devDollarAbi, licenseRegistryAbi, modelRegistryAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { isOmlError } from '@oml/protocol/error';
import type { Call } from '@oml/program/sender';
import type { Chain } from '@oml/service/chain';
import type { Address, Hex } from 'viem';

/** To whom a vault's money belongs, each paid by a call that anyone may make. */
export const BUCKETS = ['owner', 'ancestors', 'host', 'protocol'] as const;
export type Bucket = (typeof BUCKETS)[number];

export interface PayingOut {
  chain: Pick<Chain, 'publicClient' | 'deployment' | 'send'>;
  /** The least that is worth a transaction, in the token's smallest unit; at least 1. */
  least: bigint;
  buckets: readonly Bucket[];
  /** Payees that are paid what the token once refused them, too. */
  credits?: readonly Address[];
}

export interface Vault {
  licenseId: bigint;
  modelId: bigint;
  address: Address;
}

/** What was sent, or why not; `amount` is what was due, in the token's smallest unit. */
export type Payout = { functionName: string; amount: bigint } & ({ tx: Hex } | { error: unknown });

const NOTHING_LEFT: ReadonlySet<string> = new Set([
  'RevenueVault_NothingToDistribute',
  'RevenueVault_NothingToPay',
  'RevenueVault_NothingOwed',
]);

/** A call, and for how much money it would be sent now. */
interface Due {
  call: Call;
  read: () => Promise<bigint>;
}

/**
 * Has a vault's money split and sent to whom it belongs, as far as that is due. The chain is the record: each sum is
 * read before its call is sent, so whoever is killed anywhere, or is one of several, pays nothing twice. A call that
 * fails hinders no other; of a payee that the token refuses, the vault keeps a credit and goes on. Throws what the
 * chain answers to a read.
 */
export async function payOut(paying: PayingOut, vault: Vault): Promise<Payout[]> {
  const payouts: Payout[] = [];
  const attempt = async (due: Due) => {
    const payout = await sendDue(paying, due);
    if (payout) payouts.push(payout);
  };
  const hasCode = async () => (await paying.chain.publicClient.getCode({ address: vault.address })) !== undefined;
  if (!(await hasCode())) {
    // Under PRIVATE and DERIVE terms nobody runs a gateway that would have deployed it.
    await attempt(deployment(paying, vault));
    if (!(await hasCode())) return payouts;
  }
  await attempt(distribution(paying, vault));
  for (const bucket of paying.buckets) for (const due of await duesOf(bucket, paying, vault)) await attempt(due);
  for (const payee of paying.credits ?? []) await attempt(credit(paying, vault, payee));
  return payouts;
}

async function sendDue({ chain, least }: PayingOut, { call, read }: Due): Promise<Payout | undefined> {
  const amount = await read();
  if (amount < least) return undefined;
  const { functionName } = call;
  try {
    return { functionName, amount, tx: (await chain.send(call)).transactionHash };
  } catch (error) {
    // Somebody else may have been faster, in a block that is read or in one that the node is still filling.
    const isPaid = isNothingLeft(error) || (await read()) < least;
    return isPaid ? undefined : { functionName, amount, error };
  }
}

/** The vault's own word that the sum is gone. */
function isNothingLeft(error: unknown): boolean {
  const name = isOmlError(error) ? error.details['errorName'] : undefined;
  return typeof name === 'string' && NOTHING_LEFT.has(name);
}

function deployment({ chain: { publicClient, deployment } }: PayingOut, { licenseId, address }: Vault): Due {
  const { licenseRegistry, token } = deployment.contracts;
  return {
    call: { address: licenseRegistry, abi: licenseRegistryAbi, functionName: 'deployVault', args: [licenseId] },
    read: async () =>
      (await publicClient.getCode({ address })) === undefined
        ? publicClient.readContract({ address: token, abi: devDollarAbi, functionName: 'balanceOf', args: [address] })
        : 0n,
  };
}

function distribution({ chain: { publicClient } }: PayingOut, { address }: Vault): Due {
  const vault = { address, abi: revenueVaultAbi } as const;
  return {
    call: { ...vault, functionName: 'distribute' },
    read: () => publicClient.readContract({ ...vault, functionName: 'undistributed' }),
  };
}

function credit({ chain: { publicClient } }: PayingOut, { address }: Vault, payee: Address): Due {
  const vault = { address, abi: revenueVaultAbi } as const;
  return {
    call: { ...vault, functionName: 'withdraw', args: [payee] },
    read: () => publicClient.readContract({ ...vault, functionName: 'owed', args: [payee] }),
  };
}

async function duesOf(bucket: Bucket, paying: PayingOut, { address, modelId }: Vault): Promise<Due[]> {
  const { publicClient } = paying.chain;
  const vault = { address, abi: revenueVaultAbi } as const;
  const buckets = () => publicClient.readContract({ ...vault, functionName: 'buckets' });
  switch (bucket) {
    case 'owner':
      return [{ call: { ...vault, functionName: 'payOwner' }, read: async () => (await buckets()).owner }];
    case 'host':
      return [{ call: { ...vault, functionName: 'payHost' }, read: async () => (await buckets()).host }];
    case 'protocol':
      return [
        {
          call: { ...vault, functionName: 'payProtocol' },
          read: async () => {
            const { protocolFee, pool } = await buckets();
            return protocolFee + pool;
          },
        },
      ];
    case 'ancestors':
      if ((await buckets()).lineage < paying.least) return [];
      return (await ancestorsOf(paying, modelId)).map((ancestorId) => ({
        call: { ...vault, functionName: 'payAncestor', args: [ancestorId] },
        read: () => publicClient.readContract({ ...vault, functionName: 'royaltyOwed', args: [ancestorId] }),
      }));
  }
}

async function ancestorsOf({ chain: { publicClient, deployment } }: PayingOut, modelId: bigint): Promise<bigint[]> {
  const ancestors = await publicClient.readContract({
    address: deployment.contracts.modelRegistry,
    abi: modelRegistryAbi,
    functionName: 'ancestorsOf',
    args: [modelId],
  });
  return ancestors.map(({ modelId: ancestorId }) => ancestorId);
}
