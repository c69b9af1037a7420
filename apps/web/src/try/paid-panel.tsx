'use client';
import type { LicenseRow } from '@oml/db/rows';
import { devDollarAbi } from '@oml/contracts/abis';
import { useMutation } from '@tanstack/react-query';
import { Amount } from '@oml/ui/amount';
import { Button } from '@oml/ui/button';
import { dollars } from '@oml/ui/dollars';
import { EmptyState } from '@oml/ui/empty-state';
import { TextAreaField, TextField } from '@oml/ui/field';
import { shortHex } from '@oml/ui/short-hex';
import { useState } from 'react';
import { useConnection, usePublicClient, useReadContract, useSignTypedData, useSwitchChain } from 'wagmi';
import type { Host } from '../market/host-table.tsx';
import { TextLink } from '../parts/links.tsx';
import { explainError } from '../wallet/explain-error.ts';
import { Problem } from '../wallet/problem.tsx';
import { usePublicConfig } from '../wallet/providers.tsx';
import { AnswerProof } from './answer-view.tsx';
import { digitPixels, SAMPLES, type Stroke } from './digit-image.ts';
import { DigitPad } from './digit-pad.tsx';
import { baseOf, type Offer } from './host-listing.ts';
import { HostChoice } from './host-choice.tsx';
import { keepReceipt } from './kept-receipts.ts';
import { payAndAsk, type Ask } from './paid-call.ts';
import { useOffer } from './use-offer.ts';

const MOST_TOKENS = 512;

export interface PaidPanelProps {
  hosts: readonly Host[];
  kind: 'language' | 'classifier';
  floorPrice: bigint;
}

/** A paid call from the visitor's own wallet: one host, one price, one signature, one receipt. */
export function PaidPanel({ hosts, kind, floorPrice }: PaidPanelProps) {
  const [licenseId, setLicenseId] = useState(hosts[0]?.license.licenseId);
  const license = (hosts.find((host) => host.license.licenseId === licenseId) ?? hosts[0])?.license;
  if (!license) return <EmptyState title="No host serves this model yet">Take a license to be the first.</EmptyState>;
  return (
    <div className="flex flex-col gap-4 text-sm">
      <HostChoice hosts={hosts} chosen={license.licenseId} onChoose={setLicenseId} floorPrice={floorPrice} />
      <Question key={kind} license={license} kind={kind} />
    </div>
  );
}

function Question({ license, kind }: { license: LicenseRow; kind: 'language' | 'classifier' }) {
  const [prompt, setPrompt] = useState('');
  const [maxTokens, setMaxTokens] = useState('48');
  const [strokes, setStrokes] = useState<readonly Stroke[]>(SAMPLES[3] ?? []);
  const offer = useOffer(license);
  const call = usePaidCall();
  const tokens = /^\d{1,4}$/.test(maxTokens) ? Number(maxTokens) : 0;
  const tokensProblem = tokens < 1 || tokens > MOST_TOKENS ? `Between 1 and ${MOST_TOKENS}.` : undefined;
  const ask: Ask = kind === 'language' ? { kind, prompt, maxTokens: tokens } : { kind, pixels: digitPixels(strokes) };
  const ready = kind === 'language' ? prompt.trim() !== '' && !tokensProblem : strokes.length > 0;

  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (offer.data && ready) call.mutate({ ask, license, offer: offer.data });
      }}
    >
      {kind === 'language' ? (
        <>
          <TextAreaField label="Prompt" rows={3} value={prompt} onChange={(event) => setPrompt(event.target.value)} placeholder="Once upon a time" data-testid="try-prompt" disabled={call.isPending} />
          <TextField label="Most tokens" hint="The price is per call, however long the answer." inputMode="numeric" value={maxTokens} onChange={(event) => setMaxTokens(event.target.value)} problem={tokensProblem} disabled={call.isPending} />
        </>
      ) : (
        <DigitPad strokes={strokes} onChange={setStrokes} disabled={call.isPending} />
      )}
      <Send offer={offer.data ?? undefined} license={license} busy={call.isPending} ready={ready} />
      {call.partial || call.data ? (
        <div className="rounded-md border border-line bg-raised px-4 py-3">
          <p className="text-xs text-ink-soft">{call.data ? 'Answer' : 'Answer, not proven yet'}</p>
          <p className="mt-1 whitespace-pre-wrap break-words" data-testid="try-answer">
            {kind === 'language' ? <span className="text-ink-faint">{call.asked}</span> : null}
            {call.data?.text ?? call.partial}
          </p>
        </div>
      ) : null}
      {call.error ? <Problem explanation={explainError(call.error)} data-testid="try-error" /> : null}
      {call.data ? <AnswerProof answer={call.data} /> : null}
    </form>
  );
}

/** What it costs and what the wallet will ask, before anything is signed. */
function Send({ offer, license, busy, ready }: { offer: Offer | undefined; license: LicenseRow; busy: boolean; ready: boolean }) {
  const { address } = useConnection();
  const { token } = usePublicConfig().deployment.contracts;
  const balance = useReadContract({ address: token, abi: devDollarAbi, functionName: 'balanceOf', args: address ? [address] : undefined, query: { enabled: address !== undefined, refetchInterval: 4000 } });
  const short = offer !== undefined && balance.data !== undefined && balance.data < offer.price;
  const wrongVault = offer !== undefined && offer.vault.toLowerCase() !== license.vault.toLowerCase();
  return (
    <div className="flex flex-col gap-2">
      <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1 rounded-md border border-line px-4 py-3 text-sm">
        <dt className="text-ink-soft">Price of this call</dt>
        <dd className="text-right">{offer ? <Amount value={offer.price} /> : <span className="text-ink-faint">asking the host</span>}</dd>
        <dt className="text-ink-soft">Most this can cost you</dt>
        <dd className="text-right">{offer ? <Amount value={offer.price} /> : null}</dd>
        <dt className="text-ink-soft">Gas</dt>
        <dd className="text-right">none, the host pays it</dd>
      </dl>
      <p className="text-xs text-ink-soft">
        Your wallet will ask for one signature: a transfer of exactly {offer ? dollars(offer.price) : 'this price'} to the vault {shortHex(license.vault)} of license{' '}
        {String(license.licenseId)}. It cannot be used for more, for anything else, or twice.
      </p>
      {wrongVault ? <p className="text-xs text-slashed">This host asks for payment to {shortHex(offer.vault)}, which is not the vault of its license. Do not pay it.</p> : null}
      <Button type="submit" variant="primary" busy={busy} disabled={!address || !offer || !ready || short || wrongVault} data-testid="try-send">
        {busy ? 'Waiting for the answer' : offer ? `Sign and send for ${dollars(offer.price)}` : 'Sign and send'}
      </Button>
      {!address ? <p className="text-xs text-ink-soft">Connect a wallet first.</p> : null}
      {short ? (
        <p className="text-xs text-risk">
          Your balance is {dollars(balance.data ?? 0n)}. <TextLink href="/me">Get dollars</TextLink>
        </p>
      ) : null}
    </div>
  );
}

/** The call as a mutation, with the text that has arrived so far. */
function usePaidCall() {
  const [partial, setPartial] = useState('');
  const [asked, setAsked] = useState('');
  const { address, chainId: walletChainId } = useConnection();
  const publicClient = usePublicClient();
  const { chainId, deployment } = usePublicConfig();
  const { mutateAsync: signTypedData } = useSignTypedData();
  const { mutateAsync: switchChain } = useSwitchChain();
  const mutation = useMutation({
    mutationFn: async ({ ask, license, offer }: { ask: Ask; license: LicenseRow; offer: Offer }) => {
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
        price: offer.price,
        baseUrl: baseOf(license.endpoint),
        model: offer.model,
        onText: (piece) => setPartial((before) => before + piece),
      });
      keepReceipt({ signedReceipt: answer.signedReceipt, model: offer.model, ...(answer.nonceSalt ? { nonceSalt: answer.nonceSalt } : {}), ...(answer.payment.tx ? { tx: answer.payment.tx } : {}) });
      return answer;
    },
  });
  return { ...mutation, partial, asked };
}
