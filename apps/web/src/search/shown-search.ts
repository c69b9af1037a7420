/** Something that was found, and where it is. */
export interface SearchHit {
  href: string;
  title: string;
  note: string;
}

/** Hits of one sort. */
export interface SearchGroup {
  title: string;
  hits: SearchHit[];
}

/** What /api/search answers. */
export interface SearchAnswer {
  groups: SearchGroup[];
  /** The index did not answer: only the docs were searched. */
  isPartial: boolean;
}

/** Longer questions are cut. */
export const LONGEST_QUESTION = 200;

/** Where a question is asked without scripts. */
export const searchAddress = (q: string): string =>
  q.trim() ? `/search?${new URLSearchParams({ q: q.trim() })}` : '/search';
