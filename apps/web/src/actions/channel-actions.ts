import { batchSettlementAbi, devDollarAbi } from '@oml/contracts/abis';
import type { Deployment } from '@oml/protocol/chain/deployment';
import type { ChannelConfig } from '@oml/protocol/signed/channel';
import { shortHex } from '@oml/ui/short-hex';
import { parseEventLogs, type PublicClient } from 'viem';
import type { Address, Hex } from '#kit/hex.ts';
import { callOf, only, type Action, type Who } from './action.ts';
import { contractsOf } from './contracts.ts';

type Reader = Pick<PublicClient, 'getContractEvents' | 'getTransactionReceipt' | 'readContract' | 'getBlockNumber'>;
export interface ChannelFacts {
  channelId: Hex;
  config: ChannelConfig;
  /** Deposits less what went back, and what of it belongs to the host. */
  balance: bigint;
  claimed: bigint;
  /** Asked for past the host. */
  leaving: bigint;
  leavableAt?: Date;
}

const parseCreated = (logs: Parameters<typeof parseEventLogs>[0]['logs']) =>
  parseEventLogs({ abi: batchSettlementAbi, eventName: 'ChannelCreated', logs });

/**
 * The channels that an account ever paid into, read from the chain: a lost session key, or another browser, loses
 * nothing. Its deposits are found by the token's own transfers.
 */
export async function readChannels(reader: Reader, deployment: Deployment, payer: Address): Promise<ChannelFacts[]> {
  const { token, depositCollector, batchSettlement } = deployment.contracts;
  const deposits = await reader.getContractEvents({
    address: token,
    abi: devDollarAbi,
    eventName: 'Transfer',
    args: { from: payer, to: [depositCollector, batchSettlement] },
    fromBlock: BigInt(deployment.deployedAtBlock),
    strict: true,
  });
  const hashes = [...new Set(deposits.map(({ transactionHash }) => transactionHash))];
  const receipts = await Promise.all(hashes.map((hash) => reader.getTransactionReceipt({ hash })));
  const created = receipts
    .flatMap(({ logs }) => parseCreated(logs))
    .filter(({ address, args }) => same(address, batchSettlement) && same(args.config.payer, payer));
  return Promise.all(
    created.map(({ args: { channelId, config } }) => readChannel(reader, deployment, channelId, config)),
  );
}

const same = (a: Address, b: Address): boolean => a.toLowerCase() === b.toLowerCase();

/** What the chain says of one channel. */
export async function readChannel(
  reader: Pick<PublicClient, 'readContract'>,
  deployment: Deployment,
  channelId: Hex,
  config: ChannelConfig,
): Promise<ChannelFacts> {
  const { channels } = contractsOf(deployment);
  const args = [channelId] as const;
  const [[balance, claimed], [leaving, initiatedAt]] = await Promise.all([
    reader.readContract({ ...channels, functionName: 'channels', args }),
    reader.readContract({ ...channels, functionName: 'pendingWithdrawals', args }),
  ]);
  const leavableAt = new Date((initiatedAt + config.withdrawDelay) * 1000);
  return { channelId, config, balance, claimed, leaving, ...(initiatedAt > 0 ? { leavableAt } : {}) };
}

/**
 * The way out of a channel whose host is gone: asked for, then taken after the channel's delay. One who is not gone may
 * collect between the look and the press, and what is collected can't be asked for: so it is looked up once more.
 */
export function channelActions(
  reader: Pick<PublicClient, 'readContract'>,
  deployment: Deployment,
  { channelId, config, balance, claimed, leaving, leavableAt }: ChannelFacts,
): Action[] {
  const { channels } = contractsOf(deployment);
  const who: Who = { accounts: [config.payer, config.payerAuthorizer], word: 'the payer' };
  const left = balance - claimed;
  if (leavableAt)
    return [
      {
        id: `channel-take-${channelId}`,
        rows: [3],
        title: 'Take it',
        effect: `Pays the payer what channel ${shortHex(channelId)} still holds of what was asked for.`,
        who,
        amount: leaving < left ? leaving : left,
        from: leavableAt,
        steps: only(callOf({ ...channels, functionName: 'finalizeWithdraw', args: [config] })),
      },
    ];
  if (left === 0n) return [];
  const ask = (amount: bigint) => callOf({ ...channels, functionName: 'initiateWithdraw', args: [config, amount] });
  const fresh = async () => {
    const now = await readChannel(reader, deployment, channelId, config);
    return ask(now.balance - (now.claimed > claimed ? now.claimed : claimed));
  };
  return [
    {
      id: `channel-leave-${channelId}`,
      rows: [3],
      title: 'Ask for the rest',
      effect: `Asks for what channel ${shortHex(channelId)} holds, past its host; no host answers for it from then on.`,
      who,
      amount: left,
      next: 'Take it after the delay; what was answered before is still collected. A host that answers pays back at once, where its session is ended.',
      steps: () => [{ call: ask(left), fresh }],
    },
  ];
}
