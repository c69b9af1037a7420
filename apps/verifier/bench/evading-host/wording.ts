/** Words of a language that carry no content; their shares are what tells texts of one source from another's. */
const SMALL = ['the', 'a', 'and', 'to', 'of', 'in', 'was', 'he', 'she', 'it', 'that', 'with', 'said', 'his', 'her'];
const BUCKETS = 16;

/** What a host's eye, or a language model of its own, finds in the wording of a prompt. */
export function wordingOf(prompt: string): number[] {
  const words = prompt.toLowerCase().match(/[\p{L}']+/gu) ?? [];
  const last = words.at(-1) ?? '';
  const share = (pattern: RegExp) => (prompt.match(pattern)?.length ?? 0) / Math.max(1, prompt.length);
  return [
    prompt.length,
    words.length,
    words.reduce((sum, word) => sum + word.length, 0) / Math.max(1, words.length),
    new Set(words).size / Math.max(1, words.length),
    share(/[.,;:!?'"-]/g),
    share(/[A-Z]/g),
    share(/\n/g),
    Number(/^[A-Z]/.test(prompt)),
    Number(/[.!?,;:]\s*$/.test(prompt)),
    Number(/\s$/.test(prompt)),
    Number(/^\s/.test(prompt)),
    last.length,
    ...SMALL.map((small) => words.filter((word) => word === small).length / Math.max(1, words.length)),
    ...SMALL.map((small) => Number(last === small)),
    ...hashed(last),
    ...hashed(words[0] ?? ''),
    ...words.map(hashed).reduce((sums, word) => sums.map((sum, i) => sum + word[i]!), hashed('')),
  ];
}

/** Which of a few buckets a word falls into. */
function hashed(word: string): number[] {
  let hash = 0;
  for (const letter of word) hash = (hash * 31 + letter.codePointAt(0)!) >>> 0;
  return Array.from({ length: BUCKETS }, (_, bucket) => Number(word !== '' && hash % BUCKETS === bucket));
}
