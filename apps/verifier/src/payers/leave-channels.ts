import { batchSettlementAbi } from '@oml/contracts/abis';
import { coinTo } from '@oml/program/sender';
import type { Store } from '@oml/program/store';
import { CALL_PATH, modelKind } from '@oml/protocol/wire/model-kind';
import { refundChannel, takeWithdrawalCall, withdrawCall } from '@oml/sdk/channel/leave';
import { leftIn } from '@oml/sdk/channel/pay';
import type { ChannelRecord, ChannelStore } from '@oml/sdk/channel/store';
import { connectChain, type Chain } from '@oml/service/chain';
import { guardedFetch, guardFor } from '@oml/service/guarded-fetch';
import { isAddressEqual, type Hex } from 'viem';
import type { VerifierTables } from '../store.ts';
import type { Accounts } from './accounts.ts';
import { ownConnections } from './connection.ts';

const LIMITS = { timeoutMs: 60_000, maxBytes: 1 << 20 };
const WITHDRAW_GAS = 200_000n;

export interface Leaving {
  rpcUrl: string;
  source: Chain;
  accounts: Accounts;
  store: Store<VerifierTables>;
  channels: ChannelStore;
}

/** A channel that still holds money; smallest unit. */
export interface ChannelLeftOver {
  channelId: Hex;
  left: bigint;
  /** Unix seconds from which on the chain pays it back. */
  ripeAt: bigint;
}

/**
 * Has a payer's channels paid back to it: by the host, or, where the host does not, past it, which takes the channel's
 * delay. Resolves to those that are not over yet.
 */
export async function leaveChannels(parts: Leaving, number: number): Promise<ChannelLeftOver[]> {
  const payer = parts.accounts.at(number);
  const records = (await allChannels(parts)).filter(({ config }) => isAddressEqual(config.payer, payer.address));
  const left: ChannelLeftOver[] = [];
  for (const record of records) {
    if ((await leftIn(parts.source, record.channelId)) === 0n) continue;
    const endpoint = await endpointOf(parts, number);
    if (endpoint) await askHost(parts, number, record, endpoint).catch(() => {}); // then past it
    const balance = await leftIn(parts.source, record.channelId);
    if (balance > 0n) left.push(await withdraw(parts, number, record, balance));
  }
  return left.filter((each) => each.left > 0n);
}

const settlementOf = ({ source }: Leaving) =>
  ({ address: source.deployment.contracts.batchSettlement, abi: batchSettlementAbi }) as const;

async function askHost(
  { source, accounts, channels }: Leaving,
  number: number,
  { config }: ChannelRecord,
  { baseUrl, model, kind }: NonNullable<Awaited<ReturnType<typeof endpointOf>>>,
): Promise<void> {
  const payer = accounts.at(number);
  const { publicClient, deployment } = source;
  const channel = { sessionKey: payer, deposit: 0n, store: channels };
  const options = {
    account: payer,
    publicClient,
    deployment,
    maxAmountPerPayment: 0n,
    channel,
    fetch: guardedFetch(ownConnections(guardFor(deployment, LIMITS))),
  };
  await refundChannel(options, { baseUrl, model, kind, vault: config.receiver });
}

/** First the question, and when its time has come the money; the payer gets its gas from the purse. */
async function withdraw(
  parts: Leaving,
  number: number,
  { channelId, config }: ChannelRecord,
  balance: bigint,
): Promise<ChannelLeftOver> {
  const { source, rpcUrl, accounts } = parts;
  const { publicClient, deployment } = source;
  const pending = async () =>
    publicClient.readContract({ ...settlementOf(parts), functionName: 'pendingWithdrawals', args: [channelId] });
  const payer = connectChain({ rpcUrl, deployment, key: accounts.keyOf(number) });
  await payer.settled();
  const delay = BigInt(config.withdrawDelay);
  const [, askedAt] = await pending();
  const { timestamp } = await publicClient.getBlock();
  if (askedAt !== 0 && timestamp < BigInt(askedAt) + delay)
    return { channelId, left: balance, ripeAt: BigInt(askedAt) + delay };
  const { maxFeePerGas } = await publicClient.estimateFeesPerGas();
  const gas = WITHDRAW_GAS * maxFeePerGas;
  const { address } = payer.account!;
  if ((await publicClient.getBalance({ address })) < gas) await source.send(coinTo(address, 2n * gas));
  if (askedAt === 0) {
    await payer.send(withdrawCall(deployment, config, balance));
    return { channelId, left: balance, ripeAt: BigInt((await pending())[1]) + delay };
  }
  await payer.send(takeWithdrawalCall(deployment, config));
  return { channelId, left: 0n, ripeAt: timestamp };
}

/** Where the round of an account asked; all its calls went to one endpoint. */
async function endpointOf({ store }: Leaving, number: number) {
  const call = await store.db
    .selectFrom('accounts')
    .innerJoin('call', (join) =>
      join.onRef('call.audit_id', '=', 'accounts.audit_id').onRef('call.round', '=', 'accounts.round'),
    )
    .select(['call.url', 'call.body'])
    .where('accounts.first', '<=', number)
    .where('call.body', 'is not', null)
    .orderBy('accounts.first', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!call) return undefined;
  const kind = modelKind.options.find((each) => call.url.endsWith(CALL_PATH[each]));
  if (!kind) return undefined;
  const { model } = JSON.parse(call.body!) as { model: string };
  return { baseUrl: call.url.slice(0, -CALL_PATH[kind].length), model, kind };
}

async function allChannels({ store, channels }: Leaving): Promise<ChannelRecord[]> {
  const rows = await store.db.selectFrom('channel').select('name').execute();
  return (await Promise.all(rows.map(({ name }) => channels.load(name)))).filter((record) => record !== undefined);
}
