'use client';
import { cardTitle, splitCard } from '@oml/protocol/wire/model-card';
import { Facts } from '@oml/ui/card';
import { useQuery } from '@tanstack/react-query';
import { MarkedText } from '#kit/markdown.tsx';

/** What pages will show of a card: the facts in front of it, as Hugging Face's cards have them, and its text. */
export function CardPreview({ card }: { card: File }) {
  const { data: text } = useQuery({
    queryKey: ['card', card.name, card.size, card.lastModified],
    queryFn: () => card.text(),
  });
  if (text === undefined) return null;
  const { facts, text: body } = splitCard(text);
  const { task, license, languages, baseModels, datasets, tags } = facts;
  const said: [string, readonly string[]][] = [
    ['Called', [cardTitle(text) ?? ''].filter(Boolean)],
    ['Task', task ? [task] : []],
    ['Licence', license ? [license] : []],
    ['Language', languages],
    ['Base model', baseModels],
    ['Data', datasets],
    ['Tags', tags],
  ];
  const rows = said.filter(([, words]) => words.length > 0).map(([name, words]) => [name, words.join(', ')] as const);
  return (
    <details className="mt-4 rounded-md border border-line" data-testid="card-preview">
      <summary className="cursor-pointer px-4 py-3 text-sm font-semibold">The card as buyers see it</summary>
      <div className="flex flex-col gap-4 border-t border-line p-4">
        {rows.length > 0 ? (
          <Facts rows={rows} />
        ) : (
          <p className="text-sm text-ink-soft">
            Nothing stands in front of it: task, licence and languages in a YAML block, as on Hugging Face, let buyers
            find the model.
          </p>
        )}
        <MarkedText text={body} />
      </div>
    </details>
  );
}
