'use client';
import { isDev } from '@oml/protocol/chain/deployment';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useConnection, usePublicClient, useSignTypedData } from 'wagmi';
import { budgetFor } from '#call/budget/kept-budget.ts';
import type { SignedPayment } from '#actions/payment-actions.ts';
import { chainOf } from '#kit/chain-of.ts';
import { useTracker } from '#tracker/tracker.tsx';
import { ensureChain, type Provider } from '#tracker/wallet-chain.ts';
import { usePublicConfig } from '#kit/config-context.tsx';
import { baseOf, type Listing } from '#host/host-listing.ts';
import { keepPayment } from './kept-payments.ts';
import { keepReceipt } from './kept-receipts.ts';
import { payAndAsk, type Ask } from './paid-call.ts';
import type { ServingLicense } from '#host/shown-host.ts';

/** The call as a mutation, with the text that has arrived so far. */
export function usePaidCall() {
  const [partial, setPartial] = useState('');
  const [asked, setAsked] = useState('');
  const { address, connector } = useConnection();
  const publicClient = usePublicClient();
  const config = usePublicConfig();
  const { deployment } = config;
  const { genesis } = useTracker();
  const { mutateAsync: signTypedData } = useSignTypedData();
  const mutation = useMutation({
    mutationFn: async ({ ask, license, listing }: { ask: Ask; license: ServingLicense; listing: Listing }) => {
      if (!address || !publicClient || !connector) throw new Error('Connect a wallet first.');
      setPartial('');
      setAsked(ask.kind === 'language' ? ask.prompt : '');
      const shelf = { account: address, genesis: await genesis() };
      await ensureChain((await connector.getProvider()) as Provider, chainOf(config), shelf.genesis);
      // What is signed may be taken: it is kept before anybody gets it.
      const sign = async (definition: Parameters<typeof signTypedData>[0]) => {
        const signature = await signTypedData(definition);
        const { primaryType, message } = definition as { primaryType?: string; message?: unknown };
        if (primaryType === 'TransferWithAuthorization')
          keepPayment(shelf, { authorization: message as SignedPayment['authorization'], signature });
        return signature;
      };
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
      keepReceipt(shelf, {
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
