'use client';
import { isDev } from '@oml/protocol/chain/deployment';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { TypedDataDefinition } from 'viem';
import { useConnection, usePublicClient } from 'wagmi';
import { budgetFor } from '#call/budget/kept-budget.ts';
import type { SignedPayment } from '#actions/payment-actions.ts';
import { useTracker } from '#tracker/tracker.tsx';
import { useSign } from '#wallet/use-sign.ts';
import { usePublicConfig } from '#kit/config-context.tsx';
import { baseOf, type Listing } from '#host/host-listing.ts';
import { keepPayment } from './kept-payments.ts';
import { keepReceipt } from './kept-receipts.ts';
import { payAndAsk, type Ask, type CallContext } from './paid-call.ts';
import { depositsOnly, inTurn } from './session/sessions.ts';
import type { SessionCall } from './session/use-session-choice.ts';
import type { ServingLicense } from '#host/shown-host.ts';

interface Call {
  ask: Ask;
  license: ServingLicense;
  listing: Listing;
  /** Out of which it is paid, if not by itself. */
  session: SessionCall | undefined;
}

/** The call as a mutation, with the text that has arrived so far. */
export function usePaidCall() {
  const [partial, setPartial] = useState('');
  const [asked, setAsked] = useState('');
  const { address } = useConnection();
  const publicClient = usePublicClient();
  const config = usePublicConfig();
  const { deployment } = config;
  const { genesis } = useTracker();
  const signChecked = useSign();
  const mutation = useMutation({
    mutationFn: async ({ ask, license, listing, session }: Call) => {
      if (!address || !publicClient) throw new Error('Connect a wallet first.');
      setPartial('');
      setAsked(ask.kind === 'language' ? ask.prompt : '');
      const shelf = { account: address, genesis: await genesis() };
      // What is signed may be taken: it is kept before anybody gets it.
      const sign = async (definition: TypedDataDefinition) => {
        const signature = await signChecked(definition);
        const { primaryType, message } = definition as { primaryType?: string; message?: unknown };
        if (primaryType === 'TransferWithAuthorization')
          keepPayment(shelf, { authorization: message as SignedPayment['authorization'], signature });
        return signature;
      };
      const context: CallContext = {
        address,
        signTypedData: sign,
        publicClient,
        deployment,
        price: listing.price,
        baseUrl: baseOf(license.endpoint, { allowPrivate: isDev(deployment) }),
        model: listing.model,
        budget: budgetFor(address),
        onText: (piece) => setPartial((before) => before + piece),
      };
      const answer = await (session
        ? payFromSession(ask, context, { license, listing, session })
        : payAndAsk(ask, context));
      keepReceipt(shelf, {
        signedReceipt: answer.signedReceipt,
        model: listing.model,
        ...(answer.nonceSalt ? { nonceSalt: answer.nonceSalt } : {}),
        ...(answer.payment.tx ? { tx: answer.payment.tx } : {}),
        ...('channel' in answer.payment ? { isOfSession: true } : {}),
      });
      return answer;
    },
  });
  return { ...mutation, partial, asked };
}

/** Pays out of a session, which is kept before anything is signed for it. */
function payFromSession(
  ask: Ask,
  context: CallContext,
  {
    license: { licenseId, vault, endpoint },
    listing: { model, kind },
    session: { sessions, budget, signs },
  }: Required<Omit<Call, 'ask'>> & { session: SessionCall },
) {
  const sign = depositsOnly(context.signTypedData as never, signs ? budget : 0n);
  return inTurn(sessions, vault, async () => {
    await sessions.keep({ licenseId, vault, endpoint, model, kind, budget, isStopped: false });
    const channel = await sessions.channel(budget);
    return payAndAsk(ask, { ...context, channel, signTypedData: sign as never });
  });
}
