import { describe, expect, it } from 'vitest';
import { stateWords } from './states.ts';

describe('stateWords', () => {
  it('shows a slash in red and never calls a state green', () => {
    expect(stateWords('claim', 'slashed')).toMatchObject({ word: 'Slashed', tone: 'slashed' });
    const others = [
      stateWords('license', 'active'),
      stateWords('transaction', 'final'),
      stateWords('step', 'done'),
      stateWords('batch', 'opened'),
    ];
    expect(others.map(({ tone }) => tone)).not.toContain('money');
  });

  it('never calls a late payment innocent', () => expect(stateWords('claim', 'paid-late').tone).toBe('risk'));

  it('shows an unknown state as itself, without colour', () =>
    expect(stateWords('claim', 'appealed')).toMatchObject({ word: 'appealed', tone: 'plain' }));

  it('keeps the three states of a transaction apart', () => {
    const words = ['pending', 'included', 'final'].map((state) => stateWords('transaction', state).word);
    expect(new Set(words).size).toBe(3);
  });
});
