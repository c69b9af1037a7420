'use client';
import { isDev } from '@oml/protocol/chain/deployment';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useConnection, usePublicClient, useSignTypedData, useSwitchChain } from 'wagmi';
import { budgetFor } from '#call/budget/kept-budget.ts';
import { usePublicConfig } from '#wallet/providers.tsx';
import { baseOf, type Listing } from '#host/host-listing.ts';
import { keepReceipt } from './kept-receipts.ts';
import { payAndAsk, type Ask } from './paid-call.ts';
import type { ServingLicense } from '#host/shown-host.ts';

/** The call as a mutation, with the text that has arrived so far. */
export function usePaidCall() {
  const [partial, setPartial] = useState('');
  const [asked, setAsked] = useState('');
  const { address, chainId: walletChainId } = useConnection();
  const publicClient = usePublicClient();
  const { chainId, deployment } = usePublicConfig();
  const { mutateAsync: signTypedData } = useSignTypedData();
  const { mutateAsync: switchChain } = useSwitchChain();
  const mutation = useMutation({
    mutationFn: async ({ ask, license, listing }: { ask: Ask; license: ServingLicense; listing: Listing }) => {
      if (!address || !publicClient) throw new Error('Connect a wallet first.');
      setPartial('');
      setAsked(ask.kind === 'language' ? ask.prompt : '');
      if (walletChainId !== chainId) await switchChain({ chainId });
      const sign = (definition: Parameters<typeof signTypedData>[0]) => signTypedData(definition);
      const answer = await payAndAsk(ask, {
        address,
        signTypedData: sign as Parameters<typeof payAndAsk>[1]['signTypedData'],
        publicClient,
        deployment,
        price: listing.price,
        baseUrl: baseOf(license.endpoint, { allowPrivate: isDev(deployment) }),
        model: listing.model,
        budget: budgetFor(address),
        onText: (piece) => setPartial((before) => before + piece),
      });
      keepReceipt({
        signedReceipt: answer.signedReceipt,
        model: listing.model,
        ...(answer.nonceSalt ? { nonceSalt: answer.nonceSalt } : {}),
        ...(answer.payment.tx ? { tx: answer.payment.tx } : {}),
      });
      return answer;
    },
  });
  return { ...mutation, partial, asked };
}
