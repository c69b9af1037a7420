import { splitCard } from '@oml/protocol/wire/model-card';

/**
 * What models are narrowed to, each as a word `facet:value` of its listing (migration `facets`): words of the card, and
 * classes of numbers. `price` is at most so much of the token's smallest unit; `context` and `keys` are at least so many.
 */
export const CLASSES = {
  context: [128, 1_024, 8_192, 32_768, 131_072],
  price: [500, 1_000, 10_000, 100_000],
  keys: [64, 128, 256, 512],
} as const;

/** Facets in the order in which pages show them. */
export const FACETS = ['task', 'language', 'license', 'context', 'price', 'demo', 'hosts', 'keys'] as const;
export type Facet = (typeof FACETS)[number];

/** `facet:value`, such as `task:text-generation` or `hosts:online`. */
export type FacetWord = `${Facet}:${string}`;

/** A word that a facet may have: what cards say otherwise stays on the card. */
const WORD = /^[a-z0-9](?:[a-z0-9._+-]{0,38}[a-z0-9])?$/;

/** Reads a facet's word that somebody wrote; undefined where it is none. */
export function readFacetWord(text: string): FacetWord | undefined {
  const [, facet, value] = /^([a-z]+):(.+)$/.exec(text) ?? [];
  const isKnown = FACETS.some((known) => known === facet) && value !== undefined && WORD.test(value);
  return isKnown ? (text as FacetWord) : undefined;
}

const wordOf = (said: string | undefined): string | null => {
  const word = said?.toLowerCase().replaceAll(/\s+/g, '-') ?? '';
  return WORD.test(word) ? word : null;
};

/** Languages of a model at most. */
const MOST_LANGUAGES = 16;
const MOST_CONTEXT = 2 ** 31 - 1;

/** What the front of a card gives to the facets, as columns. */
export function facetColumns(card: string): {
  task: string | null;
  license: string | null;
  languages: string[];
  context: number | null;
} {
  const { task, license, languages, context } = splitCard(card).facts;
  return {
    task: wordOf(task),
    license: wordOf(license),
    languages: [...new Set(languages.flatMap((language) => wordOf(language) ?? []))].slice(0, MOST_LANGUAGES),
    context: context !== undefined && context <= MOST_CONTEXT ? context : null,
  };
}
