import { describe, expect, it } from 'vitest';
import { createBook } from './book.ts';
import { whenSettled } from './settled.ts';
import type { Tracked } from './tracked.ts';

const [ANNA, BERT] = [
  '0x1111111111111111111111111111111111111111',
  '0x2222222222222222222222222222222222222222',
] as const;
const [HERE, THERE] = ['0xaa', '0xbb'] as const;
const shelf = { account: ANNA, genesis: HERE };

const tracked = (id: `0x${string}`, changes: Partial<Tracked> = {}): Tracked => ({
  id,
  hash: id,
  ...shelf,
  to: BERT,
  data: '0x',
  value: '0',
  title: 'Post bond',
  sentAt: 1,
  sentBlock: 1,
  state: 'pending',
  since: 1,
  isFinal: false,
  misses: 0,
  ...changes,
});

/** As a browser's storage is. */
function storage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
    kept,
  };
}

describe('the transactions of a browser', () => {
  it('are there after a reload, newest first, each once', () => {
    const place = storage();
    const before = createBook(place);
    before.put(tracked('0x01'));
    before.put(tracked('0x02'));
    before.put(tracked('0x01', { state: 'included', block: 5 }));
    const after = createBook(place);
    expect(after.list(shelf).map(({ id, state }) => [id, state])).toEqual([
      ['0x02', 'pending'],
      ['0x01', 'included'],
    ]);
  });

  it('are of one account on one chain alone: another one with the same number began elsewhere', () => {
    const place = storage();
    createBook(place).put(tracked('0x01'));
    const book = createBook(place);
    expect(book.list({ account: BERT, genesis: HERE })).toEqual([]);
    expect(book.list({ account: ANNA, genesis: THERE })).toEqual([]);
    expect(book.list(shelf)).toHaveLength(1);
  });

  it('of two tabs are one list', () => {
    const place = storage();
    const [one, other] = [createBook(place), createBook(place)];
    expect(other.list(shelf)).toEqual([]);
    one.put(tracked('0x01'));
    other.reread([...place.kept.keys()][0]!);
    expect(other.list(shelf)).toHaveLength(1);
    other.put(tracked('0x02'));
    one.put(tracked('0x03'));
    expect(one.list(shelf).map(({ id }) => id)).toEqual(['0x03', '0x02', '0x01']);
  });

  it('that no longer read break nothing', () => {
    const place = storage();
    createBook(place).put(tracked('0x01'));
    const [key] = [...place.kept.keys()];
    place.setItem(key!, JSON.stringify([{ id: 'javascript:' }, null, tracked('0x02')]));
    expect(
      createBook(place)
        .list(shelf)
        .map(({ id }) => id),
    ).toEqual(['0x02']);
    place.setItem(key!, '{');
    expect(createBook(place).list(shelf)).toEqual([]);
  });

  it('are followed where nothing can be kept', async () => {
    const book = createBook(undefined);
    book.put(tracked('0x01'));
    const settled = whenSettled(book, shelf, '0x01');
    book.put(tracked('0x01', { state: 'cancelled' }));
    expect((await settled).state).toBe('cancelled');
  });
});
