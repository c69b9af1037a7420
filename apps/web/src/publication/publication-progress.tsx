'use client';
import type { Publication } from '@oml/protocol/wire/publication';
import { useQuery } from '@tanstack/react-query';
import { Button } from '@oml/ui/button';
import { Card } from '@oml/ui/card';
import { EmptyState, Note } from '@oml/ui/empty-state';
import { StateBadge } from '@oml/ui/state-badge';
import { Timeline, type TimelineStep } from '@oml/ui/timeline';
import type { Tone } from '@oml/ui/states';
import Link from 'next/link';
import { isHash } from 'viem';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';
import { TransactionState } from '#wallet/transaction-state.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { readPublication } from './publisher-client.ts';
import { stepWords } from './step-words.ts';
import type { Hex } from '#kit/hex.ts';

const TONES: Record<string, Tone> = { done: 'accent', failed: 'risk' };

/** How far a publication is, asked of the publisher every second until it has ended. */
export function PublicationProgress({ publisher, id }: { publisher: string; id: string }) {
  const { data, error, errorUpdateCount } = useQuery({
    queryKey: ['publication', publisher, id],
    queryFn: ({ signal }) => readPublication(publisher, id, signal),
    retry: false,
    refetchInterval: ({ state }) => (state.data?.state === 'ready' || state.data?.state === 'failed' ? false : 1000),
  });
  if (error) return <Problem explanation={explainError(error)} data-testid="publish-error" />;
  if (!data)
    return (
      <EmptyState title={errorUpdateCount > 0 ? 'The publisher does not answer' : 'Asking the publisher'}>
        The publication goes on by itself; this page only watches it.
      </EmptyState>
    );
  return (
    <div className="flex flex-col gap-4">
      {data.state === 'ready' ? (
        <Note tone="accent" role="status" data-testid="publish-done">
          <div className="flex flex-wrap items-center justify-between gap-3">
            <span>
              {data.modelId ? `Model ${data.modelId} is minted.` : 'The model is minted.'} It shows here as soon as the
              index has read the block.
            </span>
            {data.modelId ? (
              <Button asChild size="sm" variant="primary">
                <Link href={`/models/${data.modelId}`}>Go to the model</Link>
              </Button>
            ) : null}
          </div>
        </Note>
      ) : null}
      {data.error ? (
        <>
          <Problem
            explanation={{
              sentence: data.error.message,
              code: data.error.code,
              next: 'Send the same order again to take it up where it stopped.',
            }}
            data-testid="publish-error"
          />
          <Button asChild size="sm" className="self-start">
            <Link href="/publish">Back to the form</Link>
          </Button>
        </>
      ) : null}
      <Card className="p-5" aria-live="polite">
        <Timeline steps={timelineOf(data)} data-testid="publish-steps" />
      </Card>
    </div>
  );
}

function timelineOf(view: Publication): TimelineStep[] {
  return view.steps.map((step): TimelineStep => {
    const { title, body } = stepWords(step.name);
    const transaction = view.transactions.find((entry) => entry.step === step.name && isHash(entry.hash));
    return {
      key: step.name,
      title,
      tone: TONES[step.state] ?? 'plain',
      ahead: step.state === 'waiting',
      meta: (
        <>
          {step.startedAt && step.endedAt ? (
            <span className="tabular-nums">{((step.endedAt - step.startedAt) / 1000).toFixed(1)} s</span>
          ) : null}
          <StateBadge of="step" state={step.state} />
        </>
      ),
      body: (
        <>
          {body}
          {step.state === 'running' ? (
            <ProgressBar share={step.progress ?? 0} {...(step.part ? { part: step.part } : {})} />
          ) : null}
          {transaction ? (
            <span className="mt-1 block">
              <TransactionState hash={transaction.hash as Hex} />
            </span>
          ) : null}
        </>
      ),
    };
  });
}
