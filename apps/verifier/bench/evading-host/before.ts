import { drawsOf } from '../../src/payers/draws.ts';
import { SDK_HEADERS, type PlannedView } from './planned.ts';
import type { Prompts } from './prompts.ts';

// How this verifier asked until its payers were drawn fresh: from its staked address, over one connection, a quarter as
// many ordinary calls as probes, all of them openings out of this list.
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
const ORDINARY_SHARE = 1 / 4;
const STAKED = '0xa0Ee7A142d267C1f36714E4a8F75612F20a79720';
const AUDIT_MS = 6 * 3_600_000;

/** The calls of audits as a host saw them then. */
export function formerViews(prompts: readonly Prompts[], audits: number, price: bigint): PlannedView[] {
  return Array.from({ length: audits }, (_, audit) => {
    const book = audit % prompts.length;
    const { keys } = prompts[book]!;
    const items = Math.min(32, keys.length);
    const draws = drawsOf(`a former audit ${audit}`);
    const offset = draws.below(2 ** 30);
    const calls = Math.ceil(items * (1 + ORDINARY_SHARE));
    const places = draws.shuffle(Array.from({ length: calls }, (_, i) => i));
    return Array.from({ length: calls }, (_, i): PlannedView => {
      const isProbe = i < items;
      const prompt = isProbe ? keys[(offset + i) % keys.length]! : draws.pick(OPENINGS);
      const at = audit * AUDIT_MS + 400 * places[i]! + draws.below(200);
      return {
        isProbe,
        group: `book ${book}`,
        view: {
          at,
          payer: STAKED,
          history: {
            nonce: 10 * audit,
            balance: 1e8 - 1_000 * audit,
            received: 1e8,
            since: 0,
            funder: STAKED,
            siblings: 1,
            stepsToStake: 0,
          },
          amount: Number(price),
          scheme: 'exact',
          port: audit,
          headers: SDK_HEADERS,
          body: { model: 'fable-mini', prompt, temperature: 0, max_tokens: 12 },
        },
      };
    });
  }).flat();
}
