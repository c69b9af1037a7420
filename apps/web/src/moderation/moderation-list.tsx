import { Card } from '@oml/ui/card';
import { AccountLink, TextLink } from '#kit/links.tsx';
import type { ShownModeration } from './shown-moderation.ts';

const timeOf = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** The log: who did what to which model, when, why, and until when. */
export function ModerationList({ entries }: { entries: readonly ShownModeration[] }) {
  return (
    <Card>
      <ol aria-label="What operators did, the latest first" className="divide-y divide-line">
        {entries.map(({ entryId, modelId, action, operator, reason, at, until }) => (
          <li key={entryId} id={`entry-${entryId}`} className="scroll-mt-20 px-5 py-4 text-sm" data-testid="log-entry">
            <p className="font-semibold">
              {action === 'taken-down' ? 'Taken down' : 'Put back'}:{' '}
              <TextLink href={`/models/${modelId}`}>model {String(modelId)}</TextLink>
            </p>
            <p className="mt-1 max-w-[72ch] break-words">{reason}</p>
            <p className="mt-1 flex flex-wrap gap-x-2 text-xs text-ink-soft">
              <span>
                Entry {String(entryId)}, {timeOf(at)}
                {action === 'taken-down' ? (until ? `, until ${timeOf(until)}` : ', until it is put back') : ''}, by
              </span>
              <AccountLink account={operator} label="operator" />
            </p>
          </li>
        ))}
      </ol>
    </Card>
  );
}
