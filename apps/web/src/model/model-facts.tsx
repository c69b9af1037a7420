import { Facts } from '@oml/ui/card';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { AccountLink, TxLink } from '#kit/links.tsx';
import { kindWords } from './model-words.ts';
import type { ShownModel } from './shown-model.ts';

/** What the card and the chain say that a model is; a word of the card leads to the models that have it too. */
export function ModelFacts({ model }: { model: ShownModel }) {
  const { task, license, library, context, languages, baseModels, datasets, tags } = model.facts;
  const said: (readonly [string, readonly string[]])[] = [
    ['Task', task ? [task] : []],
    ['Licence', license ? [license] : []],
    ['Language', languages],
    ['Context', context ? [`${context.toLocaleString('en')} tokens`] : []],
    ['Library', library ? [library] : []],
    ['Base model', baseModels],
    ['Data', datasets],
    ['Tags', tags],
  ];
  return (
    <Facts
      rows={[
        ['Kind', kindWords(model.kind)] as const,
        ...said
          .filter(([, words]) => words.length > 0)
          .map(([name, words]): readonly [ReactNode, ReactNode] => [name, <Words key="v" words={words} />]),
        ['Owner', <AccountLink key="v" account={model.owner} label="owner" />] as const,
        ['Release', String(model.release)] as const,
        ['Minted', <TxLink key="v" hash={model.mintTx} />] as const,
      ]}
    />
  );
}

function Words({ words }: { words: readonly string[] }) {
  return (
    <span className="flex flex-wrap gap-1.5">
      {words.map((word) => (
        <Link
          key={word}
          prefetch={false}
          href={{ pathname: '/models', query: { q: word } }}
          className="rounded-full border border-line px-2 py-0.5 text-xs text-ink-soft hover:border-line-strong hover:text-ink"
        >
          {word}
        </Link>
      ))}
    </span>
  );
}
