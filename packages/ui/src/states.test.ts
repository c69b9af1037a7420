import { describe, expect, it } from 'vitest';
import { stateWords } from './states.ts';

describe('stateWords', () => {
  it('shows a slash in red and money in green', () => {
    expect(stateWords('claim', 'slashed')).toMatchObject({ word: 'Slashed', tone: 'slashed' });
    expect(stateWords('license', 'active')).toMatchObject({ word: 'Active', tone: 'money' });
  });

  it('never calls a late payment innocent', () => expect(stateWords('claim', 'paid-late').tone).toBe('risk'));

  it('shows an unknown state as itself, without colour', () => expect(stateWords('claim', 'appealed')).toMatchObject({ word: 'appealed', tone: 'plain' }));

  it('keeps the three states of a transaction apart', () => {
    const words = ['pending', 'included', 'final'].map((state) => stateWords('transaction', state).word);
    expect(new Set(words).size).toBe(3);
  });
});
