'use client';
import { EmptyState } from '@oml/ui/empty-state';
import { TextAreaField, TextField } from '@oml/ui/field';
import { useState } from 'react';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';
import { AnswerProof } from './answer-view.tsx';
import { digitPixels, SAMPLES, type Stroke } from '#call/demo/digit-image.ts';
import { DigitPad } from '#call/demo/digit-pad.tsx';
import { HostChoice } from './host-choice.tsx';
import type { Ask } from './paid-call.ts';
import { PriceAndSend } from './price-and-send.tsx';
import { useListing } from '#host/use-listing.ts';
import { useSessionChoice } from './session/use-session-choice.ts';
import { usePaidCall } from './use-paid-call.ts';
import type { ServingLicense, ShownHost } from '#host/shown-host.ts';

const MOST_TOKENS = 512;

export interface PaidPanelProps {
  hosts: readonly ShownHost[];
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

function Question({ license, kind }: { license: ServingLicense; kind: 'language' | 'classifier' }) {
  const [prompt, setPrompt] = useState('');
  const [maxTokens, setMaxTokens] = useState('48');
  const [strokes, setStrokes] = useState<readonly Stroke[]>(SAMPLES[3] ?? []);
  const { state: hostState, listing } = useListing(license);
  const call = usePaidCall();
  const choice = useSessionChoice(listing);
  const tokens = /^\d{1,4}$/.test(maxTokens) ? Number(maxTokens) : 0;
  const tokensProblem = tokens < 1 || tokens > MOST_TOKENS ? `Between 1 and ${MOST_TOKENS}.` : undefined;
  const ask: Ask = kind === 'language' ? { kind, prompt, maxTokens: tokens } : { kind, pixels: digitPixels(strokes) };
  const ready = kind === 'language' ? prompt.trim() !== '' && !tokensProblem : strokes.length > 0;

  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!listing || !ready || !choice.isReady) return;
        call.mutate({ ask, license, listing, session: choice.call }, { onSettled: () => void choice.reread() });
      }}
    >
      {kind === 'language' ? (
        <>
          <TextAreaField
            label="Prompt"
            rows={3}
            value={prompt}
            onChange={(event) => setPrompt(event.target.value)}
            placeholder="Once upon a time"
            data-testid="try-prompt"
            disabled={call.isPending}
          />
          <TextField
            label="Most tokens"
            hint="The price is per call, however long the answer."
            inputMode="numeric"
            value={maxTokens}
            onChange={(event) => setMaxTokens(event.target.value)}
            problem={tokensProblem}
            disabled={call.isPending}
          />
        </>
      ) : (
        <DigitPad strokes={strokes} onChange={setStrokes} disabled={call.isPending} />
      )}
      <PriceAndSend
        listing={listing}
        asking={hostState === 'asking'}
        license={license}
        busy={call.isPending}
        ready={ready}
        choice={choice}
      />
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
