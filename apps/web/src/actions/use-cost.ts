'use client';
import { devDollarAbi, omlErrorsAbi } from '@oml/contracts/abis';
import { useQuery } from '@tanstack/react-query';
import { formatEther, type Abi, type PublicClient } from 'viem';
import type { Address } from '#kit/hex.ts';
import { useConnection, usePublicClient } from 'wagmi';
import { usePublicConfig } from '#kit/config-context.tsx';
import { explainError } from '#wallet/explain-error.ts';
import type { Explanation } from '@oml/protocol/chain/revert-words';
import { dataOf } from '#wallet/use-write.ts';
import type { Step } from './action.ts';

const REFUSED_AGAIN_MS = 5_000;

export interface Cost {
  /** Gas in the chain's own coin, in words. */
  gas?: string;
  /** Why the contract would refuse it now. */
  refusal?: Explanation;
}

/**
 * What the first transaction of an action would cost the connected account, or why the contract would refuse it: asked
 * before anything is signed. Undefined as long as it is not known.
 */
export function useCost(steps: readonly Step[] | undefined): Cost | undefined {
  const { address } = useConnection();
  const client = usePublicClient();
  const { token } = usePublicConfig().deployment.contracts;
  const step = steps?.[0];
  const call = typeof step?.call === 'object' ? step.call : undefined;
  const { data } = useQuery({
    queryKey: ['facts', 'cost', address, call?.address, call && dataOf(call), String(step?.spends ?? '')],
    enabled: address !== undefined && client !== undefined && call !== undefined,
    refetchInterval: ({ state }) => (state.data?.refusal ? REFUSED_AGAIN_MS : false),
    retry: false,
    queryFn: () => costOf(client as PublicClient, address!, { ...step!, call: call! }, token),
  });
  return data;
}

async function costOf(
  client: PublicClient,
  account: Address,
  { call, spends }: Step & { call: object },
  token: Address,
): Promise<Cost> {
  const wanted = call as Exclude<Step['call'], (...args: never[]) => unknown>;
  const approved =
    spends === undefined
      ? 0n
      : await client.readContract({
          address: token,
          abi: devDollarAbi,
          functionName: 'allowance',
          args: [account, wanted.address],
        });
  // Before the approval the call itself would be refused for want of it.
  const approve = { address: token, abi: devDollarAbi, functionName: 'approve', args: [wanted.address, spends] };
  const first = spends !== undefined && approved < spends ? approve : wanted;
  const { title: _, ...request } = { title: '', ...first, abi: [...first.abi, ...omlErrorsAbi] as Abi, account };
  try {
    const [gas, price] = await Promise.all([client.estimateContractGas(request as never), client.getGasPrice()]);
    return { gas: `about ${Number(formatEther(gas * price)).toPrecision(2)} of the chain’s own coin` };
  } catch (error) {
    return { refusal: explainError(error) };
  }
}
