'use client';
import { Dialog } from '@oml/ui/dialog';
import { useRouter } from 'next/navigation';
import { useId, useState, type KeyboardEvent } from 'react';
import { LONGEST_QUESTION, searchAddress, type SearchGroup } from './shown-search.ts';
import { useAnswer } from './use-answer.ts';

/** A window over the page: what is typed is searched at once; arrows choose, Enter goes, Escape closes. */
export function Palette({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const id = useId();
  const [question, setQuestion] = useState('');
  const [chosen, setChosen] = useState(0);
  const answer = useAnswer(question);
  const groups = answer && answer !== 'silent' ? answer.groups : [];
  const hits = groups.flatMap((group) => group.hits);
  const at = Math.min(chosen, hits.length - 1);
  const go = (href: string) => {
    onClose();
    router.push(href);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && hits.length > 0) {
      event.preventDefault();
      setChosen((at + step + hits.length) % hits.length);
    }
    if (event.key === 'Enter' && question.trim() && !event.nativeEvent.isComposing)
      go(hits[at]?.href ?? searchAddress(question));
  };
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()} title="Search">
      <input
        autoFocus
        type="search"
        role="combobox"
        aria-label="Search everything"
        aria-expanded={hits.length > 0}
        aria-controls={`${id}-hits`}
        aria-activedescendant={hits.length > 0 ? `${id}-${at}` : undefined}
        aria-autocomplete="list"
        maxLength={LONGEST_QUESTION}
        placeholder="A word, a name, a number, an address or a hash"
        value={question}
        onChange={(event) => {
          setQuestion(event.target.value);
          setChosen(0);
        }}
        onKeyDown={onKey}
        data-testid="search-question"
        className="h-10 w-full rounded-md border border-line-strong bg-surface px-3 text-sm placeholder:text-ink-faint"
      />
      <p role="status" className="mt-2 min-h-5 text-xs text-ink-soft" data-testid="search-state">
        {stateOf(question, answer, hits.length)}
      </p>
      <Hits id={id} groups={groups} at={at} onGo={go} />
    </Dialog>
  );
}

function stateOf(question: string, answer: ReturnType<typeof useAnswer>, count: number): string {
  if (question.trim() === '') return 'Models, names, accounts, claims, transactions, docs.';
  if (answer === undefined) return 'Searching';
  if (answer === 'silent') return 'This site does not answer. Try again.';
  const found = count === 0 ? 'Nothing matches.' : `${count} found; arrows choose, Enter goes.`;
  return answer.isPartial ? `${found} The index does not answer: only the docs were searched.` : found;
}

function Hits({
  id,
  groups,
  at,
  onGo,
}: {
  id: string;
  groups: readonly SearchGroup[];
  at: number;
  onGo: (href: string) => void;
}) {
  return (
    <div id={`${id}-hits`} role="listbox" aria-label="Found" className="mt-2 flex flex-col gap-3">
      {groups.map(({ title, hits }, group) => (
        <div key={title} role="group" aria-label={title}>
          <p aria-hidden className="px-2 text-xs text-ink-soft">
            {title}
          </p>
          {hits.map(({ href, title: name, note }, i) => {
            const place = firstOf(groups, group) + i;
            return (
              <div
                key={href}
                id={`${id}-${place}`}
                role="option"
                aria-selected={place === at}
                onClick={() => onGo(href)}
                data-testid="search-hit"
                className={`cursor-pointer rounded-md px-2 py-1.5 text-sm ${place === at ? 'bg-raised' : 'hover:bg-raised/60'}`}
              >
                {name} <span className="text-xs text-ink-soft">{note}</span>
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}

/** How many hits stand above a group. */
const firstOf = (groups: readonly SearchGroup[], group: number): number =>
  groups.slice(0, group).reduce((sum, { hits }) => sum + hits.length, 0);
