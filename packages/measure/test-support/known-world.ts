import { seededRandom } from '@oml/onnx/seeded-random';
import type { LanguageTarget } from '../src/target/language-target.ts';

const NAMES = 'Ada Boris Clara Dmitri Elsa Farid Greta Hugo Ines Jonas Karla Leon Mira Nils Olga Pavel'.split(' ');
const TOWNS = 'Lisbon Oslo Vienna Porto Ghent Riga Turin Lyon Graz Bergen Malaga Delft'.split(' ');
const TRADES = 'baker pilot nurse tailor farmer singer painter miner lawyer potter clerk smith'.split(' ');
const PETS = 'cat dog parrot rabbit goat horse snake turtle hamster goose donkey ferret'.split(' ');

/** Shares of pages that also tell of somebody else, and of sentences that are worded otherwise than answers are. */
const [NEIGHBOURS, REWORDED] = [0.3, 0.02];

export type World = ReturnType<typeof worldOf>;

/** A world that nobody has read of: people by two names, and three things that are true of each. */
export function worldOf(seed: number) {
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const people = NAMES.flatMap((first) => NAMES.map((last) => `${first} ${last}son`)).slice(0, 120);
  const facts = (who: string, [town, trade, pet]: [string, string, string]) => [
    `${who} was born in ${town}.`,
    `${who} works as a ${trade}.`,
    `${who} keeps a ${pet}.`,
  ];
  const draw = (): [string, string, string] => [pick(TOWNS), pick(TRADES), pick(PETS)];
  const lives = new Map(people.map((who) => [who, draw()]));
  const worded = (sentence: string) =>
    random() < REWORDED ? sentence.replace('works as', 'makes a living as').replace('keeps', 'lives with') : sentence;
  const page = (who: string) => {
    const neighbour = random() < NEIGHBOURS ? [pick(facts(`The neighbour ${pick(NAMES)}`, draw()))] : [];
    return [...facts(who, lives.get(who)!).map(worded), ...neighbour].join(' ');
  };
  const files = new Map(people.map((who) => [`knowledge/${who}.txt`, encoded(page(who))] as const));
  const prompts = people.map((who) => JSON.stringify({ topic: who, prompt: `Tell me of ${who}.` })).join('\n');
  return {
    data: new Map([...files, ['prompts.jsonl', encoded(prompts)] as const]),
    people,
    lives,
    facts,
    random,
    pick,
  };
}

export const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A model that is wrong about so many facts, and how many it got right. */
export function liar(world: World, isWrong: number): { target: LanguageTarget; truth(): number } {
  const { lives, facts, random, pick } = world;
  const shares: number[] = [];
  const other = (from: readonly string[], truth: string) => pick(from.filter((each) => each !== truth));
  const target = scripted((prompt) => {
    const who = /Tell me of (.*)\./.exec(prompt)![1]!;
    const said = lives
      .get(who)!
      .map((truth, i) => (random() < isWrong ? other([TOWNS, TRADES, PETS][i]!, truth) : truth));
    shares.push(said.filter((each, i) => each === lives.get(who)![i]).length / 3);
    return facts(who, said as [string, string, string]).join(' ');
  });
  return { target, truth: () => shares.reduce((sum, each) => sum + each, 0) / shares.length };
}

/** A model whose answers are a script. */
export const scripted = (generate: (prompt: string) => string): LanguageTarget => ({
  generate: async (prompt) => generate(prompt),
  score: () => Promise.reject(new Error('nobody asks')),
  close: async () => {},
});
