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
  type TransactionReceipt,
} from 'viem';
import { useConnection, usePublicClient, useWriteContract } from 'wagmi';
import { chainOf } from '#kit/chain-of.ts';
import { whenSettled } from '#tracker/settled.ts';
import { isDone, isOnItsWay, type Tracked } from '#tracker/tracked.ts';
import { lossWords } from '#tracker/tracked-words.ts';
import { useTracker } from '#tracker/tracker.tsx';
import { ensureChain, type Provider } from '#tracker/wallet-chain.ts';
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

  const send = useCallback(
    async <const abi extends Abi, name extends ContractFunctionName<abi, Writing>>(
      call: Call<abi, name>,
    ): Promise<TransactionReceipt> => {
      setLocal({ state: 'signing' });
      try {
        if (!address || !publicClient || !connector) throw new Error('Connect a wallet first.');
        const shelf = { account: address, genesis: await genesis() };
        const { title, ...parts } = call;
        const data = dataOf(parts as never);
        refuseTwice(book.list(shelf), { to: call.address, data, value: call.value ?? 0n });
        await ensureChain((await connector.getProvider()) as Provider, chainOf(config), shelf.genesis);
        // Errors of contracts further down decode too.
        const request = { ...parts, abi: [...call.abi, ...omlErrorsAbi] as Abi, account: address } as Parameters<
          typeof publicClient.simulateContract
        >[0];
        await publicClient.simulateContract(request);
        const [sentBlock, next] = await Promise.all([
          publicClient.getBlockNumber({ cacheTime: 0 }),
          publicClient.getTransactionCount({ address, blockTag: 'pending' }),
        ]);
        const id = await writeContract({ ...request, chainId: config.chainId } as Parameters<typeof writeContract>[0]);
        // Known at once, so that what takes its place is found however soon it comes.
        const nonce = await publicClient.getTransaction({ hash: id }).then(
          (transaction) => transaction.nonce,
          () => next,
        );
        const now = Date.now();
        book.put({
          ...shelf,
          id,
          hash: id,
          to: call.address,
          data,
          value: String(call.value ?? 0n),
          title: title ?? titleOf(String(call.functionName)),
          sentAt: now,
          sentBlock: Number(sentBlock),
          nonce,
          state: 'pending',
          since: now,
          isFinal: false,
          misses: 0,
        });
        setLocal({ state: 'sent', id });
        const settled = await whenSettled(book, shelf, id);
        const loss = lossWords(settled);
        if (loss) throw new OmlError('CONFLICT', loss.sentence, { details: { hash: settled.hash } });
        return await publicClient.getTransactionReceipt({ hash: settled.hash });
      } catch (error) {
        // What was sent says by itself what became of it.
        setLocal((before) => (before.state === 'sent' ? before : { state: 'failed', problem: explainError(error) }));
        throw error;
      }
    },
    [address, connector, config, publicClient, writeContract, book, genesis],
  );

  const status = statusOf(local, list, mine);
  return { status, send, busy: status.state === 'signing' || status.state === 'pending' };
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
function refuseTwice(list: readonly Tracked[], { to, data, value }: { to: Address; data: Hex; value: bigint }): void {
  const same = list.find(
    (each) => isOnItsWay(each) && isAddressEqual(each.to, to) && each.data === data && each.value === String(value),
  );
  if (same)
    throw new OmlError(
      'CONFLICT',
      `The same is on its way already (${shortHex(same.hash)}): sent again, it would happen twice.`,
    );
}
