'use client';
import { useCallback } from 'react';
import type { Hex, TypedDataDefinition } from 'viem';
import { useConnection, useSignTypedData } from 'wagmi';
import { chainOf } from '#kit/chain-of.ts';
import { useTracker } from '#tracker/tracker.tsx';
import { ensureChain, type Provider } from '#tracker/wallet-chain.ts';
import { usePublicConfig } from '#kit/config-context.tsx';
import { checkOwn } from './own-signature.ts';

/**
 * Signs typed data with the connected wallet, which is asked right before whether it stands on this chain, and whose
 * answer is checked before anybody gets it.
 */
export function useSign(): (definition: TypedDataDefinition) => Promise<Hex> {
  const { address, connector } = useConnection();
  const config = usePublicConfig();
  const { genesis } = useTracker();
  const { mutateAsync: signTypedData } = useSignTypedData();
  return useCallback(
    async (definition) => {
      if (!address || !connector) throw new Error('Connect a wallet first.');
      await ensureChain((await connector.getProvider()) as Provider, chainOf(config), await genesis());
      const signature = await signTypedData(definition as Parameters<typeof signTypedData>[0]);
      await checkOwn({ ...definition, signature } as Parameters<typeof checkOwn>[0], address);
      return signature;
    },
    [address, connector, config, genesis, signTypedData],
  );
}
