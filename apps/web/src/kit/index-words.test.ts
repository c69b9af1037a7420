import { describe, expect, it } from 'vitest';
import { indexWords, isIndexTrouble } from './index-words.ts';

const fine = { chain: true, index: true, head: '110', indexedBlock: '110', lag: 0, lagSeconds: 0 };

describe('what the footer says of the index', () => {
  it.each([
    ['Index: asking', undefined, false],
    ['Index up to date', fine, false],
    ['Index up to date', { ...fine, lag: 5, lagSeconds: 10 }, false],
    ['Index 6 blocks (12 s) behind the chain', { ...fine, lag: 6, lagSeconds: 12 }, true],
    ['Index 1618 blocks (54 min) behind the chain', { ...fine, lag: 1618, lagSeconds: 3236 }, true],
    ['Index 9000 blocks (5 h) behind the chain', { ...fine, lag: 9000, lagSeconds: 18_000 }, true],
    [
      'The index has read 900 blocks more than the node knows: the node is behind, or the chain began anew',
      { ...fine, lag: -900, lagSeconds: 0 },
      true,
    ],
    ['The chain does not answer.', { ...fine, chain: false }, true],
    ['The index does not answer.', { ...fine, index: false }, true],
    ['Index in doubt since block 110: The node lies.', { ...fine, doubt: 'The node lies.' }, true],
  ])('%s', (words, health, trouble) => {
    expect(indexWords(health)).toBe(words);
    expect(isIndexTrouble(health)).toBe(trouble);
  });
});
