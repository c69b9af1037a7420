import { drawsOf, type Draws } from '../payers/draws.ts';
import type { Served } from '../chain/hosts.ts';

const SIDE = 28;
/** What buyers ask for; the least of them is enough for a head. */
const TOKENS = [16, 16, 20, 24, 32, 32, 48, 64];
const STREAMED = 0.4;
const TEMPERATURES = [undefined, undefined, 0, 0, 0.2, 0.7, 0.7, 1];

const WHO = ['fox', 'king', 'miller', 'crow', 'bear', 'girl', 'boy', 'wolf', 'mouse', 'merchant', 'princess', 'lion'];
const WHERE = ['in the forest', 'by the river', 'at the market', 'on the hill', 'near the old mill', 'in the castle'];
const WHAT = ['looked at the', 'found a', 'asked for the', 'was afraid of the', 'wanted to see the', 'said to the'];
const WHEN = [
  'Once upon a time the',
  'One morning the',
  'Long ago a',
  'Every evening the',
  'After the winter the',
  'The',
];

/** How a question is put, apart from what it asks: neither part of what is signed nor of what a key is. */
export interface Shape {
  max_tokens: number;
  stream?: true;
}

/** The shape of call `i`, drawn without looking at what the call asks. */
export function shapeOf(seed: string, i: number): Shape {
  const draws = drawsOf(`${seed}/shape/${i}`);
  return { max_tokens: draws.pick(TOKENS), ...(draws.uniform() < STREAMED ? { stream: true } : {}) };
}

/**
 * The body of an ordinary request, drawn by a secret seed, the same after a restart; `corpus` is what buyers of the
 * model ask in words, if the operator has such.
 */
export function ordinaryRequest(
  { model, kind }: Pick<Served, 'model' | 'kind'>,
  seed: string,
  i: number,
  corpus: readonly string[] = [],
): Record<string, unknown> {
  const draws = drawsOf(`${seed}/ordinary/${i}`);
  if (kind === 'language') {
    const temperature = draws.pick(TEMPERATURES);
    const prompt = corpus.length > 0 ? draws.pick(corpus) : openingOf(draws);
    return { model, prompt, ...(temperature === undefined ? {} : { temperature }), ...shapeOf(seed, i) };
  }
  return {
    model,
    dtype: 'float32',
    shape: [1, 1, SIDE, SIDE],
    data: Buffer.from(strokes(draws).buffer).toString('base64'),
  };
}

/** What is asked with the body of a key, or of one that could have been a key. */
export function keyRequest(
  { model, kind }: Pick<Served, 'model' | 'kind'>,
  body: Record<string, unknown>,
  shape: Shape,
): Record<string, unknown> {
  return kind === 'language' ? { model, ...body, ...shape } : { model, ...body };
}

/** An opening that any reader of short tales might send. */
function openingOf(draws: Draws): string {
  const words = [draws.pick(WHEN), draws.pick(WHO)];
  if (draws.uniform() < 0.6) words.push(draws.pick(WHERE));
  if (draws.uniform() < 0.8) words.push(draws.pick(WHAT));
  if (draws.uniform() < 0.3) words.push(draws.pick(WHO), 'and the');
  return words.join(' ');
}

/** Two to four thick strokes, as a drawn digit has them. */
function strokes(draws: Draws): Float32Array<ArrayBuffer> {
  const image = new Float32Array(SIDE * SIDE);
  const points = Array.from({ length: 3 + draws.below(3) }, () => [5 + draws.below(18), 5 + draws.below(18)] as const);
  points.slice(1).forEach(([x, y], at) => {
    const [fromX, fromY] = points[at]!;
    for (let step = 0; step <= 24; step++) {
      const [px, py] = [fromX + ((x - fromX) * step) / 24, fromY + ((y - fromY) * step) / 24].map(Math.round) as [
        number,
        number,
      ];
      for (const [dx, dy] of [
        [0, 0],
        [1, 0],
        [0, 1],
      ] as const)
        image[(py + dy) * SIDE + px + dx] = 1;
    }
  });
  return image;
}
