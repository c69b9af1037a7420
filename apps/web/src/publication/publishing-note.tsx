'use client';
import type { MayPublish, Publishing } from '@oml/protocol/wire/publishing';
import { formatDollars } from '@oml/protocol/money';
import { Note } from '@oml/ui/empty-state';
import { useQuery } from '@tanstack/react-query';
import { useConnection } from 'wagmi';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';
import { readMayPublish, readPublishing } from './publisher-client.ts';

/** What the publisher says of the connected account; undefined while it is asked, or without a wallet. */
export function useMayPublish(publisher: string): MayPublish | undefined {
  const { address } = useConnection();
  const { data } = useQuery({
    queryKey: ['may-publish', publisher, address],
    queryFn: ({ signal }) => readMayPublish(publisher, address!, signal),
    enabled: address !== undefined,
    retry: false,
  });
  return data;
}

/** Says who may publish at this publisher, before anybody fills in a form for it. */
export function PublishingNote({ publisher }: { publisher: string }) {
  const mine = useMayPublish(publisher);
  const { data: rule, error } = useQuery({
    queryKey: ['publishing', publisher],
    queryFn: ({ signal }) => readPublishing(publisher, signal),
    retry: false,
  });
  if (error) return <Problem explanation={explainError(error)} data-testid="publishing-error" />;
  if (!rule) return null;
  return (
    <Note tone={mine?.may === false ? 'risk' : 'plain'} data-testid="publishing">
      {ruleWords(rule)} {mine?.may ? 'Your account may.' : (mine?.why ?? askWords(rule))}
    </Note>
  );
}

/** Who may, in a sentence. */
export function ruleWords({ by, deposit }: Publishing): string {
  if (by === 'open') return 'Anybody may publish here.';
  if (by === 'invitation') return 'This publisher takes models by invitation.';
  return `Whoever holds a free bond of ${formatDollars(deposit ?? 0n)} dollars may publish here; it stays theirs.`;
}

const askWords = ({ by, contact }: Publishing): string =>
  `Connect a wallet to see whether you may${by === 'open' || contact === null ? '' : `, or ask ${contact}`}.`;
