import { devDollarAbi, modelRegistryAbi, revenueVaultAbi } from '@oml/contracts/abis';
import type { Address, Hex } from 'viem';
import { actors, type Role } from './actors.ts';
import { connectRpc, deployment } from './rpc.ts';
import { until } from './wait.ts';

/** Who earns by a use of the child: its owner, its host, and the owner of the model that it is built on. */
export const EARNERS = { owner: 'childOwner', host: 'honestHost', ancestor: 'owner' } as const satisfies Record<
  string,
  Role
>;
export type Earner = keyof typeof EARNERS;

/** One share of what a vault earned, by the vault's own events; amounts in the token's smallest unit. */
export interface PaidShare {
  share: Earner;
  account: Address;
  amount: string;
  /** The latest. */
  tx: Hex;
  before: string;
  balance: string;
}

const EVENT = { owner: 'OwnerPaid', host: 'HostPaid', ancestor: 'AncestorPaid' } as const;

/** What the earners hold themselves. */
export async function balances(): Promise<Record<Earner, string>> {
  const rpc = connectRpc();
  const token = { address: deployment().contracts.token, abi: devDollarAbi, functionName: 'balanceOf' } as const;
  const read = async (share: Earner) =>
    [share, String(await rpc.readContract({ ...token, args: [actors[EARNERS[share]].address] }))] as const;
  return Object.fromEntries(await Promise.all(earners.map(read))) as Record<Earner, string>;
}

const earners = Object.keys(EARNERS) as Earner[];

/** Waits until the agents have paid out all that lies in a vault, and everyone holds more than before. */
export const untilPaidOut = (vault: Address, before: Record<Earner, string>): Promise<PaidShare[]> =>
  until('The payouts', async () => {
    if (!(await isPaidOut(vault))) return undefined;
    const now = await balances();
    const shares = await Promise.all(
      earners.map(async (share) => {
        const [amount, tx] = await paidShare(vault, share);
        const account = actors[EARNERS[share]].address;
        return { share, account, amount, tx: tx!, before: before[share], balance: now[share] };
      }),
    );
    return shares.every(({ tx, balance, ...was }) => tx && BigInt(balance) > BigInt(was.before)) ? shares : undefined;
  });

/** Nothing is left in the buckets of those who earn. */
async function isPaidOut(address: Address): Promise<boolean> {
  const rpc = connectRpc();
  const vault = { address, abi: revenueVaultAbi } as const;
  const [arrived, { owner, host }, modelId] = await Promise.all([
    rpc.readContract({ ...vault, functionName: 'undistributed' }),
    rpc.readContract({ ...vault, functionName: 'buckets' }),
    rpc.readContract({ ...vault, functionName: 'modelId' }),
  ]);
  const registry = { address: deployment().contracts.modelRegistry, abi: modelRegistryAbi } as const;
  const ancestors = await rpc.readContract({ ...registry, functionName: 'ancestorsOf', args: [modelId] });
  const owed = await Promise.all(
    ancestors.map((ancestor) => rpc.readContract({ ...vault, functionName: 'royaltyOwed', args: [ancestor.modelId] })),
  );
  return [arrived, owner, host, ...owed].every((rest) => rest === 0n);
}

async function paidShare(address: Address, share: Earner): Promise<[amount: string, tx: Hex | undefined]> {
  const fromBlock = BigInt(deployment().deployedAtBlock);
  const eventName = EVENT[share];
  const events = await connectRpc().getContractEvents({
    address,
    abi: revenueVaultAbi,
    eventName,
    fromBlock,
    strict: true,
  });
  const amount = events.reduce((sum, { args }) => sum + args.amount, 0n);
  return [String(amount), events.at(-1)?.transactionHash];
}
