import { describe, expect, it } from 'vitest';
import { hostEnd } from './host-end.ts';
import type { ShownClaim, ShownRefusal } from '#claim/shown-claim.ts';

const HOST = { bond: 100_000_000n, slashed: 0n, lateFees: 0n };
const claim = (state: ShownClaim['state']) => ({ state }) as ShownClaim;
const refusal = { errorName: 'ClaimCourt_AlreadyBooked' } as ShownRefusal;

describe('hostEnd', () => {
  it('says that a claim was refused, which anyone can bring about, and leaves the standing as it was', () =>
    expect(hostEnd(HOST, [], [refusal])).toMatchObject({
      word: hostEnd(HOST, [], []).word,
      tone: hostEnd(HOST, [], []).tone,
      sentence: expect.stringMatching(/Bond untouched; a claim against it was refused/) as string,
    }));

  it('does not call uses paid where the court refused for another reason', () => {
    const end = hostEnd(HOST, [], [{ errorName: 'ClaimCourt_RevealTooEarly' } as ShownRefusal]);
    expect(end.tone).toBe('plain');
    expect(end.sentence).not.toContain('paid');
  });

  it('names the late fee of a host that booked only when contested', () =>
    expect(hostEnd({ ...HOST, lateFees: 250_000n }, [claim('paid-late')], [])).toMatchObject({
      tone: 'risk',
      sentence: expect.stringContaining('late fee was $0.25') as string,
    }));

  it('names the slash of a cheat', () =>
    expect(hostEnd({ ...HOST, slashed: 50_000_000n }, [claim('slashed')], [])).toMatchObject({
      word: 'Slashed',
      tone: 'slashed',
      sentence: expect.stringContaining('$50.00') as string,
    }));

  it('lets the worst end count', () => {
    expect(
      hostEnd({ ...HOST, slashed: 1n, lateFees: 1n }, [claim('paid-late'), claim('slashed')], [refusal]).word,
    ).toBe('Slashed');
    expect(hostEnd({ ...HOST, lateFees: 1n }, [claim('paid-late'), claim('contested')], []).word).toBe('Contested');
  });

  it('excuses a host that was delivered a bait, and says who paid', () => {
    const excused = { state: 'excused', fromTitles: 30_000_000n, taken: 0n } as ShownClaim;
    expect(hostEnd(HOST, [excused], [refusal])).toMatchObject({
      word: 'Excused',
      sentence: expect.stringMatching(/title bond paid \$30\.00; its bond lost nothing/) as string,
    });
    expect(hostEnd(HOST, [{ ...excused, taken: 2_000_000n }], []).sentence).toContain('$2.00 that were lacking');
    expect(hostEnd(HOST, [excused, claim('blamed')], []).word).toBe('Blames its edition');
  });

  it('gives the three hosts of the demo three different words', () => {
    const ends = [
      hostEnd(HOST, [], [refusal]),
      hostEnd({ ...HOST, lateFees: 1n }, [claim('paid-late')], []),
      hostEnd({ ...HOST, slashed: 1n }, [claim('slashed')], []),
    ];
    expect(new Set(ends.map(({ word }) => word)).size).toBe(3);
  });

  it('says of an unknown address that nothing answers for it', () =>
    expect(hostEnd(undefined, [], []).word).toBe('No bond'));
});
