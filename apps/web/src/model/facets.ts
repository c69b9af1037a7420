import { dollars } from '@oml/ui/dollars';

/** What the list of models can be narrowed to, in the order in which it is shown; a value each. */
export const FACET_WORDS = {
  task: 'Task',
  language: 'Language',
  license: 'Licence',
  context: 'Context',
  price: 'Price',
  demo: 'Demo',
  hosts: 'Hosts',
  keys: 'Evidence',
} as const;
export type FacetName = keyof typeof FACET_WORDS;
export const FACET_NAMES = Object.keys(FACET_WORDS) as FacetName[];

/** Values of each facet, and how many models have them. */
export type FacetOptions = Partial<Record<FacetName, { value: string; count: number }[]>>;

/** The choice of a value each; undefined where a facet is left open. */
export type ChosenFacets = Partial<Record<FacetName, string>>;

const grouped = (text: string): string => Number(text).toLocaleString('en');

/** A value in words: `4096` of `context` is `4,096 tokens or more`. */
export function facetValueWords(facet: FacetName, value: string): string {
  switch (facet) {
    case 'context':
      return `${grouped(value)} tokens or more`;
    case 'price':
      return /^\d{1,18}$/.test(value) ? `at most ${dollars(BigInt(value))} a call` : value;
    case 'demo':
      return 'free in the browser';
    case 'hosts':
      return 'answering today';
    case 'keys':
      return `${grouped(value)} keys or more`;
    default:
      return value;
  }
}
