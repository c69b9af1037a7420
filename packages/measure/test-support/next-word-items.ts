import type { GapItem } from '../src/gap/gap-items.ts';

const PLACES = [20, 40, 60];
const WRONG = 3;

/**
 * Words that come next in stories that a model has not seen, each beside wrong ones. Easy: any word of those that it
 * has; hard: what most often follows there the word before it.
 */
export function nextWordItems(
  unseen: readonly string[],
  seen: readonly string[],
  random: () => number,
): Pick<GapItem, 'context' | 'answer' | 'wrong'>[] {
  const followers = followersIn(seen);
  const vocabulary = [...followers.keys()].toSorted();
  return unseen
    .map((story) => story.split(' '))
    .flatMap((story) =>
      PLACES.flatMap((at) => {
        const answer = story[at];
        if (answer === undefined || bare(answer) === '') return [];
        const isOther = (word: string) => bare(word) !== '' && bare(word) !== bare(answer);
        const likely = [...(followers.get(story[at - 1]!) ?? [])].toSorted(([, a], [, b]) => b - a);
        const hard = likely.map(([word]) => word).filter(isOther);
        if (hard.length < WRONG) return [];
        const easy = new Set<string>();
        while (easy.size < WRONG) {
          const word = vocabulary[Math.floor(random() * vocabulary.length)]!;
          if (isOther(word)) easy.add(word);
        }
        return [
          { context: story.slice(0, at).join(' '), answer, wrong: { easy: [...easy], hard: hard.slice(0, WRONG) } },
        ];
      }),
    );
}

function followersIn(stories: readonly string[]): Map<string, Map<string, number>> {
  const followers = new Map<string, Map<string, number>>();
  for (const story of stories.map((text) => text.split(' ')))
    for (const [i, word] of story.entries()) {
      const counts = followers.get(story[i - 1] ?? '') ?? new Map<string, number>();
      followers.set(story[i - 1] ?? '', counts.set(word, (counts.get(word) ?? 0) + 1));
    }
  return followers;
}

const bare = (word: string): string => word.toLowerCase().replace(/[^a-z]/g, '');
