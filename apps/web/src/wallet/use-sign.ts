'use client';
import { useCallback } from 'react';
import type { Hex, TypedDataDefinition } from 'viem';
import { useConnection, useSignTypedData } from 'wagmi';
import { chainOf } from '#kit/chain-of.ts';
import { useTracker } from '#tracker/tracker.tsx';
import { ensureChain, type Provider } from '#tracker/wallet-chain.ts';
import { usePublicConfig } from '#kit/config-context.tsx';

/** Signs typed data with the connected wallet, which is asked right before whether it stands on this chain. */
export function useSign(): (definition: TypedDataDefinition) => Promise<Hex> {
  const { connector } = useConnection();
  const config = usePublicConfig();
  const { genesis } = useTracker();
  const { mutateAsync: signTypedData } = useSignTypedData();
  return useCallback(
    async (definition) => {
      if (!connector) throw new Error('Connect a wallet first.');
      await ensureChain((await connector.getProvider()) as Provider, chainOf(config), await genesis());
      return signTypedData(definition as Parameters<typeof signTypedData>[0]);
    },
    [connector, config, genesis, signTypedData],
  );
}
