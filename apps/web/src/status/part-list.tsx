import { Ago } from '@oml/ui/ago';
import { Card } from '@oml/ui/card';
import { Badge } from '@oml/ui/state-badge';
import { PART_WORDS, type ShownPart } from './shown-status.ts';

/** What runs, since when, and what it means where something does not. */
export function PartList({ parts }: { parts: readonly ShownPart[] }) {
  return (
    <Card className="divide-y divide-line">
      {parts.map(({ name, what, state, sentence, next, since }) => (
        <div key={name} className="flex flex-wrap gap-x-6 gap-y-1 px-4 py-3 text-sm" data-testid={`part-${name}`}>
          <div className="w-40">
            <h3 className="font-semibold">{name}</h3>
            <p className="text-xs text-ink-soft">{what}</p>
          </div>
          <div className="min-w-64 flex-1">
            <p>
              <Badge tone={PART_WORDS[state].tone}>{PART_WORDS[state].word}</Badge>{' '}
              <span className="text-xs text-ink-soft">
                first seen so <Ago at={since} />
              </span>
            </p>
            <p className="mt-1">{sentence}</p>
            {next ? <p className="mt-1 text-ink-soft">{next}</p> : null}
          </div>
        </div>
      ))}
    </Card>
  );
}
