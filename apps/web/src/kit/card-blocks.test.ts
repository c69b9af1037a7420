import { describe, expect, it } from 'vitest';
import { cardBlocks } from './card-blocks.ts';

describe('cardBlocks', () => {
  it('finds a table between texts', () =>
    expect(cardBlocks('Before.\n\n| a | b |\n| --- | ---: |\n| 1 | `x|y` |\n| 2 | p \\| q |\n\nAfter.')).toEqual([
      { kind: 'text', text: 'Before.\n' },
      {
        kind: 'table',
        head: ['a', 'b'],
        rows: [
          ['1', '`x|y`'],
          ['2', 'p | q'],
        ],
      },
      { kind: 'text', text: '\nAfter.' },
    ]));
  it('leaves pipes in code alone', () =>
    expect(cardBlocks('```\n| a |\n| --- |\n```')).toEqual([{ kind: 'text', text: '```\n| a |\n| --- |\n```' }]));
  it('leaves a sentence with a pipe alone', () =>
    expect(cardBlocks('a | b\nnext')).toEqual([{ kind: 'text', text: 'a | b\nnext' }]));
});
