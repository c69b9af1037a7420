// Patterns of pre-tokenizers and normalizers are Oniguruma's. What is taken here means the same in JavaScript, and
// takes no time that grows beyond measure with the text: a group is never repeated. Everything else is refused.

const CATEGORY = /L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?|C[cf]?|Han|Hiragana|Katakana|Hangul/.source;
const ESCAPE = String.raw`\\(?:[sSdrntfv]|[pP]\{(?:${CATEGORY})\}|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[^A-Za-z0-9])`;
const CLASS = String.raw`\[\^?(?:${ESCAPE}|(?!&&)[^\\[\]])+\]`;
/** What every tokenizer of this family writes for English endings. */
const ENDINGS = String.raw`\(\?i:'(?:s|t|re|ve|m|ll|d)(?:\|'(?:s|t|re|ve|m|ll|d))*\)`;
const TIMES = String.raw`(?:[*+?]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\})?(?![*+?{])`;
const LETTER = String.raw`(?:${ESCAPE}|${CLASS}|[^\\[\](){}*+?|^$.])${TIMES}`;
const LOOK = String.raw`\(\?[!=](?:${LETTER})+\)(?![*+?{])`;
const ITEMS = String.raw`(?:${ENDINGS}\??(?![*+?{])|${LOOK}|${LETTER})+`;
const GROUP = String.raw`\((?:\?:)?${ITEMS}(?:\|${ITEMS})*\)\??(?![*+?{])`;
const BRANCH = String.raw`(?:${GROUP}|${ITEMS})+`;
const TAKEN = new RegExp(String.raw`^${BRANCH}(?:\|${BRANCH})*$`, 'u');

/** Does a pattern of a tokenizer.json mean the same here as in the reference? */
export const isPlainPattern = (pattern: string): boolean => pattern.length <= 1_000 && TAKEN.test(pattern);

/** The pattern with both cases of those endings written out; to Oniguruma the long s is an s. */
export const withBothCases = (pattern: string): string =>
  pattern.replace(new RegExp(ENDINGS, 'g'), (endings) =>
    endings
      .replace('?i:', '?:')
      .replace(/[a-z]/g, (letter) => `[${letter}${letter === 's' ? 'Sſ' : letter.toUpperCase()}]`),
  );
