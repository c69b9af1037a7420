import { describe, expect, it } from 'vitest';
import { placeText, readPlace } from './claim-place.ts';

describe('the place of a claim in an address', () => {
  it('is read as it was written', () => {
    const place = { blockNumber: 123_456_789_012n, kind: 'refused', index: 7 } as const;
    expect(readPlace(placeText(place))).toEqual(place);
  });

  it.each(['', '1', '1-claim', '1-claim-x', '-1-claim-1', '1-vote-1', `${'9'.repeat(19)}-claim-1`, '1-claim-1&x'])(
    'is none where anybody wrote something else: %s',
    (text) => expect(readPlace(text)).toBeUndefined(),
  );
});
