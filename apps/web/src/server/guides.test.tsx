import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { MarkedText } from '#kit/markdown.tsx';
import { readGuide } from './guides.ts';

const APP = new URL('../..', import.meta.url).pathname;

it('shows what is kept, its tables as tables', async () => {
  const { title, text } = await readGuide('kept', APP);
  expect(title).toBe('What is kept, and how long');
  const page = renderToStaticMarkup(<MarkedText text={text} />);
  expect(page).toContain('<td><code>answer</code></td>');
  expect(page).toMatch(/<td>24 hours[^<]*<\/td>/);
  expect(page.match(/<table>/g)!.length).toBeGreaterThan(4);
  expect(page).not.toContain('|');
});
