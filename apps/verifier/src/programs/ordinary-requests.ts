import { createHash } from 'node:crypto';
import type { Served } from '../chain/hosts.ts';

/** Openings that any reader of short tales might send. */
const OPENINGS = [
  'Once upon a time there was a',
  'The fox looked at the',
  'One morning the old',
  'In a small house by the river',
  'The king asked his daughter',
  'A hungry wolf came to the',
  'The two brothers went into the',
  'When the sun went down',
  'The miller had a',
  'Long ago a poor farmer',
  'The crow said to the',
  'Every evening the little',
  'A girl found a golden',
  'The bear was very',
  'On the way home the boy',
  'The old woman gave him',
  'At the edge of the forest',
  'The mouse was afraid of',
  'A merchant came to the town',
  'The lion and the',
  'Nobody knew why the',
  'The princess opened the',
  'After a long winter the',
  'The fisherman pulled his net and',
];
const MAX_TOKENS = 12;
const SIDE = 28;

/**
 * The body of an ordinary request, drawn by a secret seed: the same seed and number give the same request after a
 * restart.
 */
export function ordinaryRequest(
  { model, kind }: Pick<Served, 'model' | 'kind'>,
  seed: string,
  i: number,
): Record<string, unknown> {
  const draw = secretDraws(`${seed}/${i}`);
  if (kind === 'language')
    return { model, prompt: OPENINGS[draw(OPENINGS.length)], temperature: 0, max_tokens: MAX_TOKENS };
  return {
    model,
    dtype: 'float32',
    shape: [1, 1, SIDE, SIDE],
    data: Buffer.from(strokes(draw).buffer).toString('base64'),
  };
}

/** What is asked with a probe's body: the model's name, and enough tokens for a head. */
export function probeRequest(
  { model, kind }: Pick<Served, 'model' | 'kind'>,
  body: Record<string, unknown>,
): Record<string, unknown> {
  return kind === 'language' ? { model, ...body, max_tokens: MAX_TOKENS } : { model, ...body };
}

/** Two to four thick strokes, as a drawn digit has them. */
function strokes(draw: (limit: number) => number): Float32Array {
  const image = new Float32Array(SIDE * SIDE);
  const points = Array.from({ length: 3 + draw(3) }, () => [5 + draw(18), 5 + draw(18)] as const);
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

/** Whole numbers below a limit, always the same for one secret seed. */
function secretDraws(seed: string): (limit: number) => number {
  let count = 0;
  return (limit) => createHash('sha256').update(`${seed}/${count++}`).digest().readUInt32BE(0) % limit;
}
