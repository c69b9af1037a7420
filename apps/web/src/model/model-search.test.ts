import { describe, expect, it } from 'vitest';
import { modelsAddress, readModelSearch } from './model-search.ts';

describe('the address of the list of models', () => {
  it('says what is asked, and is read back as the same', () => {
    const facets = { license: 'apache-2.0', price: '1000' };
    const search = { q: 'fables & more', kind: 'language', facets, sort: 'price', view: 'table', after: 7n } as const;
    const address = modelsAddress(search, { after: 7n });
    expect(address).toBe(
      '/models?q=fables+%26+more&kind=language&license=apache-2.0&price=1000&sort=price&view=table&after=7',
    );
    expect(readModelSearch(Object.fromEntries(new URL(address, 'http://x').searchParams))).toEqual(search);
  });

  it('is short where nothing is asked, and begins anew when something changes', () => {
    const search = readModelSearch({});
    expect(modelsAddress(search)).toBe('/models');
    expect(modelsAddress({ ...search, after: 9n }, { kind: 'classifier' })).toBe('/models?kind=classifier');
    expect(modelsAddress({ ...search, kind: 'classifier' }, { kind: undefined })).toBe('/models');
  });

  it('leaves out what it does not know', () =>
    expect(
      readModelSearch({
        q: ['  a ', 'b'],
        kind: 'video',
        sort: 'toString',
        view: 'map',
        after: '-1',
        task: '<b>',
        size: '1',
      }),
    ).toEqual({
      q: 'a',
      facets: {},
      sort: 'new',
      view: 'cards',
    }));
});
