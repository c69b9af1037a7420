'use client';
import { useQuery } from '@tanstack/react-query';
import { StateBadge } from '@oml/ui/state-badge';
import type { Hex } from 'viem';
import { TransactionReceiptNotFoundError } from 'viem';
import { usePublicClient } from 'wagmi';
import { TxLink } from '#kit/links.tsx';

/** Pending, included or final, asked of the chain until it is final. */
export function TransactionState({ hash }: { hash: Hex }) {
  const client = usePublicClient();
  const { data } = useQuery({
    queryKey: ['transaction-state', hash],
    enabled: client !== undefined,
    refetchInterval: ({ state }) => (state.data?.state === 'final' || state.data?.state === 'reverted' ? false : 1000),
    queryFn: async () => {
      const receipt = await client!.getTransactionReceipt({ hash }).catch((error: unknown) => {
        if (error instanceof TransactionReceiptNotFoundError) return undefined;
        throw error;
      });
      if (!receipt) return { state: 'pending' as const };
      if (receipt.status === 'reverted') return { state: 'reverted' as const, block: receipt.blockNumber };
      const finalized = await client!.getBlock({ blockTag: 'finalized' });
      const isFinal = finalized.number >= receipt.blockNumber;
      return {
        state: isFinal ? ('final' as const) : ('included' as const),
        block: receipt.blockNumber,
        behind: receipt.blockNumber - finalized.number,
      };
    },
  });
  const state = data?.state ?? 'pending';
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
      <StateBadge of="transaction" state={state} />
      <TxLink hash={hash} />
      <span className="text-xs text-ink-soft tabular-nums">
        {data?.block !== undefined ? `block ${data.block}` : ''}
        {data && 'behind' in data && data.behind !== undefined && data.behind > 0n
          ? `, final in ${data.behind} blocks`
          : ''}
      </span>
    </span>
  );
}
