'use client';
import { omlErrorsAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import { shortHex } from '@oml/ui/short-hex';
import { useCallback, useState } from 'react';
import {
  encodeFunctionData,
  isAddressEqual,
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type EncodeFunctionDataParameters,
  type Hex,
  type PublicClient,
  type TransactionReceipt,
} from 'viem';
import { useConnection, usePublicClient, useWriteContract } from 'wagmi';
import { chainOf } from '#kit/chain-of.ts';
import type { Shelf } from '#tracker/shelf.ts';
import { whenSettled } from '#tracker/settled.ts';
import { isDone, isOnItsWay, type Tracked } from '#tracker/tracked.ts';
import { lossWords } from '#tracker/tracked-words.ts';
import { useTracker } from '#tracker/tracker.tsx';
import { ensureChain, type Provider } from '#tracker/wallet-chain.ts';
import { batchId, canBatch, sendBatch, type BatchingProvider } from './batch.ts';
import { titleOf } from './call-words.ts';
import { explainError } from './explain-error.ts';
import { usePublicConfig } from '#kit/config-context.tsx';
import type { Explanation } from '@oml/protocol/chain/revert-words';

export interface WriteStatus {
  state: 'idle' | 'signing' | 'pending' | 'included' | 'failed';
  /** Once the wallet has sent it. */
  tracked?: Tracked;
  problem?: Explanation;
}

/** What changes something, with or without the chain's own coin. */
export type Writing = 'nonpayable' | 'payable';

export interface Call<
  abi extends Abi = Abi,
  name extends ContractFunctionName<abi, Writing> = ContractFunctionName<abi, Writing>,
> {
  address: Address;
  abi: abi;
  functionName: name;
  args: ContractFunctionArgs<abi, Writing, name>;
  /** Of the chain's own coin. */
  value?: bigint;
  /** What it does, in words; else the function's. */
  title?: string;
}

/** Call data as the wallet gets it. */
export const dataOf = ({ abi, functionName, args }: Pick<Call, 'abi' | 'functionName' | 'args'>): Hex =>
  encodeFunctionData({ abi, functionName, args } as EncodeFunctionDataParameters);

type Local = { state: 'idle' | 'signing' } | { state: 'sent'; id: Hex } | { state: 'failed'; problem: Explanation };

/**
 * One write at a time from the connected wallet: the wallet's chain is asked for right before, the call is simulated,
 * so that a refusal is shown in words before the wallet asks for anything, and what was sent is followed until it is
 * final, also after a reload. Resolves once included. Rejects with what the chain or the wallet said, or what became
 * of it instead. With `mine`, a call that begins so and that an earlier visit sent counts as this one.
 */
export function useWrite(mine?: { address: Address; data: Hex }) {
  const [local, setLocal] = useState<Local>({ state: 'idle' });
  const { address, connector } = useConnection();
  const config = usePublicConfig();
  const publicClient = usePublicClient();
  const { mutateAsync: writeContract } = useWriteContract();
  const { book, list, genesis } = useTracker();

  /** What comes before the wallet is asked: it stands on this chain, and the same is not on its way already. */
  const begin = useCallback(
    async (call: Call) => {
      if (!address || !publicClient || !connector) throw new Error('Connect a wallet first.');
      const shelf: Shelf = { account: address, genesis: await genesis() };
      const tracked = newlySent(call, shelf);
      refuseTwice(book.list(shelf), tracked);
      const provider = (await connector.getProvider()) as Provider;
      await ensureChain(provider, chainOf(config), shelf.genesis);
      return { publicClient, provider, tracked };
    },
    [address, connector, config, publicClient, book, genesis],
  );

  /** Keeps what was sent, and waits for what becomes of it. */
  const follow = useCallback(
    async (client: PublicClient, tracked: Tracked): Promise<TransactionReceipt> => {
      book.put(tracked);
      setLocal({ state: 'sent', id: tracked.id });
      const settled = await whenSettled(book, tracked, tracked.id);
      const loss = lossWords(settled);
      if (loss) throw new OmlError('CONFLICT', loss.sentence, { details: { hash: settled.hash } });
      return client.getTransactionReceipt({ hash: settled.hash });
    },
    [book],
  );

  const trying = useCallback(async <T>(work: () => Promise<T>): Promise<T> => {
    setLocal({ state: 'signing' });
    try {
      return await work();
    } catch (error) {
      // What was sent says by itself what became of it.
      setLocal((before) => (before.state === 'sent' ? before : { state: 'failed', problem: explainError(error) }));
      throw error;
    }
  }, []);

  const send = useCallback(
    <const abi extends Abi, name extends ContractFunctionName<abi, Writing>>(
      call: Call<abi, name>,
    ): Promise<TransactionReceipt> =>
      trying(async () => {
        const { publicClient: client, tracked } = await begin(call as unknown as Call);
        const request = requestOf(call as unknown as Call, tracked.account);
        await client.simulateContract(request);
        const [sentBlock, next] = await Promise.all([
          client.getBlockNumber({ cacheTime: 0 }),
          client.getTransactionCount({ address: tracked.account, blockTag: 'pending' }),
        ]);
        const id = await writeContract({ ...request, chainId: config.chainId } as Parameters<typeof writeContract>[0]);
        // Known at once, so that what takes its place is found however soon it comes.
        const nonce = await client.getTransaction({ hash: id }).then(
          (transaction) => transaction.nonce,
          () => next,
        );
        return follow(client, { ...tracked, id, hash: id, sentBlock: Number(sentBlock), nonce });
      }),
    [trying, begin, follow, config, writeContract],
  );

  /** Sends a call with one that must come before, as one, and resolves with undefined where the wallet cannot. */
  const sendTogether = useCallback(
    (before: Call, call: Call): Promise<TransactionReceipt | undefined> =>
      trying(async () => {
        const { publicClient: client, provider, tracked } = await begin(call);
        const batching = provider as BatchingProvider;
        if (!(await canBatch(batching, tracked.account, config.chainId))) return undefined;
        await simulateTogether(client, tracked.account, [before, call]);
        const sentBlock = Number(await client.getBlockNumber({ cacheTime: 0 }));
        const calls = [before, call].map((each) => ({ to: each.address, data: dataOf(each), value: each.value ?? 0n }));
        const batch = await sendBatch(batching, tracked.account, config.chainId, calls);
        if (batch === undefined) return undefined;
        const id = batchId(batch);
        return follow(client, { ...tracked, id, hash: id, batch, sentBlock });
      }),
    [trying, begin, follow, config],
  );

  const status = statusOf(local, list, mine);
  return { status, send, sendTogether, busy: status.state === 'signing' || status.state === 'pending' };
}

/** A call as viem sends it; errors of contracts further down decode too. */
const requestOf = ({ title: _, ...parts }: Call, account: Address) =>
  ({ ...parts, abi: [...parts.abi, ...omlErrorsAbi] as Abi, account }) as Parameters<
    PublicClient['simulateContract']
  >[0];

/** Throws what the chain would refuse of calls in a row; says nothing where its node cannot try several. */
async function simulateTogether(client: PublicClient, account: Address, calls: readonly Call[]): Promise<void> {
  const asked = calls.map((call) => ({ ...requestOf(call, account), to: call.address }));
  const simulated = await client.simulateCalls({ account, calls: asked } as never).catch(() => undefined);
  for (const result of (simulated?.results ?? []) as { status: string; error?: Error }[])
    if (result.status === 'failure' && result.error) throw result.error;
}

/** A transaction of this call that the wallet is about to send. */
function newlySent(call: Call, shelf: Shelf): Tracked {
  const now = Date.now();
  return {
    ...shelf,
    id: '0x',
    hash: '0x',
    to: call.address,
    data: dataOf(call),
    value: String(call.value ?? 0n),
    title: call.title ?? titleOf(String(call.functionName)),
    sentAt: now,
    sentBlock: 0,
    state: 'pending',
    since: now,
    isFinal: false,
    misses: 0,
  };
}

function statusOf(
  local: Local,
  list: readonly Tracked[],
  mine: { address: Address; data: Hex } | undefined,
): WriteStatus {
  if (local.state === 'failed') return local;
  const tracked =
    local.state === 'sent'
      ? list.find(({ id }) => id === local.id)
      : mine &&
        list.find(
          (each) => isOnItsWay(each) && isAddressEqual(each.to, mine.address) && each.data.startsWith(mine.data),
        );
  if (!tracked) return { state: local.state === 'signing' ? 'signing' : 'idle' };
  const problem = lossWords(tracked);
  if (problem) return { state: 'failed', tracked, problem };
  return { state: isDone(tracked) ? 'included' : 'pending', tracked };
}

/** The same call twice is what nobody wants: after a reload a page may not know that it was sent. Throws CONFLICT. */
function refuseTwice(list: readonly Tracked[], { to, data, value }: Pick<Tracked, 'to' | 'data' | 'value'>): void {
  const same = list.find(
    (each) => isOnItsWay(each) && isAddressEqual(each.to, to) && each.data === data && each.value === value,
  );
  if (same)
    throw new OmlError(
      'CONFLICT',
      `The same is on its way already (${shortHex(same.hash)}): sent again, it would happen twice.`,
    );
}
