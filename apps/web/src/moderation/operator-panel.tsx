'use client';
import { Button } from '@oml/ui/button';
import { Card, Section } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import { TextAreaField, TextField } from '@oml/ui/field';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useConnection } from 'wagmi';
import { TextLink } from '#kit/links.tsx';
import { askSite } from '#session/session-client.ts';
import { SignedIn, SignIn } from '#session/sign-in.tsx';
import { useSession } from '#session/use-session.ts';
import { ConnectButton } from '#wallet/connect-button.tsx';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';

interface Takedown {
  modelId: string;
  reason: string;
}

/** What an operator of this site may do. The site asks for the session again at each of it. */
export function OperatorPanel({ takedowns }: { takedowns: readonly Takedown[] }) {
  const { address } = useConnection();
  const { session, isKnown } = useSession();
  if (!address) return <EmptyState title="Connect the wallet of an operator" action={<ConnectButton />} />;
  if (!session)
    return isKnown ? <SignIn>Your wallet signs a message that names this site. It moves no money.</SignIn> : null;
  if (!session.isOperator)
    return (
      <EmptyState title="This account is no operator of this site" data-testid="no-operator">
        Whoever runs it names its operators in <code>OPERATORS</code>.
      </EmptyState>
    );
  return <Operating takedowns={takedowns} />;
}

interface Done {
  modelId: string;
  action: 'taken-down' | 'put-back';
  reason: string;
  until?: string;
}

function Operating({ takedowns }: { takedowns: readonly Takedown[] }) {
  const router = useRouter();
  const acting = useMutation({
    mutationFn: (body: Done) => askSite<{ entryId: string }>('/api/moderation', { method: 'POST', body }),
    onSuccess: () => router.refresh(),
  });
  const [modelId, setModelId] = useState('');
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState('');
  const isReady = /^[1-9]\d{0,17}$/.test(modelId) && reason.trim().length >= 10;
  const act = (action: Done['action']) =>
    acting.mutate({
      modelId,
      action,
      reason,
      // The end of that day.
      ...(until && action === 'taken-down' ? { until: `${until}T23:59:59.000Z` } : {}),
    });
  return (
    <>
      <Section title="A model" note="It leaves lists, search, sitemap and its demo, or comes back. The log says why.">
        <Card className="flex flex-col gap-4 p-5">
          <div className="grid gap-3 sm:grid-cols-2">
            <TextField
              label="Number of the model"
              inputMode="numeric"
              value={modelId}
              onChange={(event) => setModelId(event.target.value.trim())}
              data-testid="moderation-model"
            />
            <TextField
              label="Until (optional, UTC)"
              type="date"
              value={until}
              onChange={(event) => setUntil(event.target.value)}
              data-testid="moderation-until"
            />
          </div>
          <TextAreaField
            label="Why"
            hint="Everybody reads it, for ever: at least ten characters."
            maxLength={1_000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            data-testid="moderation-reason"
          />
          <div className="flex flex-wrap gap-2">
            <Button
              variant="primary"
              busy={acting.isPending}
              disabled={!isReady}
              onClick={() => act('taken-down')}
              data-testid="moderation-take-down"
            >
              Take down
            </Button>
            <Button
              busy={acting.isPending}
              disabled={!isReady}
              onClick={() => act('put-back')}
              data-testid="moderation-put-back"
            >
              Put back
            </Button>
          </div>
          {acting.data ? (
            <p role="status" className="text-sm" data-testid="moderation-done">
              Done: <TextLink href="/moderation">entry {acting.data.entryId} of the log</TextLink>.
            </p>
          ) : null}
          {acting.error ? <Problem explanation={explainError(acting.error)} data-testid="moderation-problem" /> : null}
          <SignedIn />
        </Card>
      </Section>
      <Section title={`${takedowns.length} taken down now`}>
        <ul className="flex flex-col gap-2 text-sm">
          {takedowns.map((takedown) => (
            <li key={takedown.modelId}>
              <TextLink href={`/models/${takedown.modelId}`}>Model {takedown.modelId}</TextLink>: {takedown.reason}
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}
