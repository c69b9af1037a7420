import { batchSettlementAbi } from '@oml/contracts/abis';
import { privateKeyToAddress } from 'viem/accounts';
import type { Address } from 'viem';
import { payerKey } from '../apps/verifier/src/payers/accounts.ts';
import { saltsOf } from '../apps/verifier/src/programs/salts.ts';
import { connectRpc, deployment, devSecret } from './stack.ts';

/** More than the audits of a story draw. */
const MOST_PAYERS = 500;

/** Accounts that the verifier's audits pay from: what lies there while one runs is its own, and is swept after it. */
export function payersOfVerifier(): Set<Address> {
  const salts = saltsOf(devSecret('verifier sealing'));
  return new Set(Array.from({ length: MOST_PAYERS }, (_, number) => privateKeyToAddress(payerKey(salts, number))));
}

/** What channels hold for their buyers, and what was claimed for vaults and not drawn yet. */
export async function channelMoney(block: bigint, vaults: Iterable<Address>): Promise<Record<string, bigint>> {
  const { contracts, deployedAtBlock } = deployment();
  const rpc = connectRpc();
  const channels = { address: contracts.batchSettlement, abi: batchSettlementAbi } as const;
  const read = { ...channels, blockNumber: block } as const;
  const logs = { ...channels, fromBlock: BigInt(deployedAtBlock), toBlock: block, strict: true } as const;
  const parts: Record<string, bigint> = {};
  for (const { args } of await rpc.getContractEvents({ ...logs, eventName: 'ChannelCreated' })) {
    const [held, claimed] = await rpc.readContract({ ...read, functionName: 'channels', args: [args.channelId] });
    parts[`channel ${args.channelId}`] = held - claimed;
  }
  for (const vault of vaults) {
    const [claimed, settled] = await rpc.readContract({
      ...read,
      functionName: 'receivers',
      args: [vault, contracts.token],
    });
    parts[`claimed for vault ${vault}`] = claimed - settled;
  }
  return parts;
}
