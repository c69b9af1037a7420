/** What a license is good for: `kind` of its terms. */
export const TERMS_KIND = { SERVE: 0, PRIVATE: 1, DERIVE: 2 } as const;
export const TERMS_KINDS = ['serve', 'private', 'derive'] as const;
export type TermsKindName = (typeof TERMS_KINDS)[number];
