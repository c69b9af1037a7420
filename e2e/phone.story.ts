import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PHONE, phoneFaults } from './phone.ts';
import { actors, toldChapter } from './stack.ts';
import { visit, type Visitor } from './visitor.ts';

const modelId = () => toldChapter<{ modelId: string }>('publish fable')!.modelId;
/** Pages with what they are to hold before they are looked at. */
const PAGES: readonly [path: () => string, rows: string][] = [
  [() => '/models?view=table', '[data-testid^="model-link-"]'],
  [() => `/models/compare?model=${modelId()}&model=1`, '[data-testid^="compared-"]'],
  [() => `/models/${modelId()}`, 'h1'],
  [() => `/models/${modelId()}/hosts`, '[data-testid="payout-row"]'],
  [() => `/models/${modelId()}/files`, '[data-testid^="release-"]'],
  [() => `/models/${modelId()}/evidence`, 'h1'],
  [() => '/claims', '[data-testid^="claim-row-"]'],
  [() => '/verify', 'tbody tr'],
  [() => `/@${actors.honestHost.address}`, '[data-testid="payout-row"]'],
  [() => `/@${actors.verifier.address}`, 'tbody tr'],
  [() => '/reports', 'h1'],
  [() => '/docs/guides/commands', 'tbody tr'],
  [() => '/docs/api', 'tbody tr'],
];

describe('on a phone', () => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await visit(actors.outsider.account, PHONE);
  });
  afterAll(() => visitor.leave());

  it.each(PAGES.map(([path, rows]) => [path(), rows] as const))(
    'every column of every table is there, and nothing is scrolled sideways: %s',
    async (path, rows) => {
      await visitor.go(path);
      await visitor.page.locator(rows).first().waitFor();
      expect(await phoneFaults(visitor.page)).toEqual([]);
    },
  );

  it('met no error in any page', () => expect(visitor.errors).toEqual([]));
});
