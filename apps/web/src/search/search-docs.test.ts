import { describe, expect, it } from 'vitest';
import { searchDocs } from './search-docs.ts';

const DOCS = [
  {
    path: 'guides/host',
    title: 'For hosts',
    text: 'You post a bond. TLS: a proxy.',
    headings: [{ id: 'five-commands', text: 'Five commands' }],
  },
  {
    path: 'specs/rules',
    title: 'Rules',
    text: 'A bond covers.',
    headings: [
      { id: 'bonds', text: 'Bonds and exits' },
      { id: 'claims', text: 'Claims' },
    ],
  },
];

describe('a search of the docs', () => {
  it('finds pages that have every word, the one whose heading says it first, at that heading', () => {
    expect(searchDocs(DOCS, 'bond', 6).map(({ href }) => href)).toEqual([
      '/docs/specs/rules#bonds',
      '/docs/guides/host',
    ]);
    expect(searchDocs(DOCS, 'bond proxy', 6).map(({ href }) => href)).toEqual(['/docs/guides/host']);
    expect(searchDocs(DOCS, 'bond', 1)).toHaveLength(1);
  });

  it('leads to the page itself where its title says it', () => {
    const hit = { href: '/docs/guides/host', title: 'For hosts', note: 'guides/host' };
    expect(searchDocs(DOCS, 'HOSTS', 6)).toEqual([hit]);
  });

  it('finds nothing for what has no word', () => {
    for (const question of ['', ' ', '!', 'a', '%%%']) expect(searchDocs(DOCS, question, 6)).toEqual([]);
  });
});
