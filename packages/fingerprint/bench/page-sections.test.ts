import { expect, it } from 'vitest';
import { sectionsOf } from './page-sections.ts';

it('takes a page apart by its sections, so that one that was not measured anew stays', () => {
  const page = '# Page\n\nWords.\n\n## One\n\n| a |\n| --- |\n\n## Two: of ##\n\n### Below\n';
  expect([...sectionsOf(page)]).toEqual([
    ['One', '## One\n\n| a |\n| --- |\n'],
    ['Two: of ##', '## Two: of ##\n\n### Below\n'],
  ]);
  expect(sectionsOf('# Nothing').size).toBe(0);
});
