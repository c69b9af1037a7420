import type { AddedToken } from './form.ts';

/** A stretch of text that is no added token, or one that is. */
export type Section = { text: string; start: number } | { id: number };

type Cut = (text: string) => Section[];

/** Words and blanks as the reference's engine reads them, which are not JavaScript's. */
const WORD = String.raw`[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]`;
const ENDS_WITH_WORD = new RegExp(`${WORD}$`, 'u');
const STARTS_WITH_WORD = new RegExp(`^${WORD}`, 'u');
const BLANKS_BEFORE = /\p{White_Space}*$/u;
const BLANKS_AFTER = /^\p{White_Space}*/u;

/**
 * Cuts texts at added tokens, the longest of those that begin first, as `added_vocabulary.rs` of the reference does:
 * `single_word` ones only between other characters than a word's, `lstrip` and `rstrip` ones with the blanks beside
 * them.
 */
export function cutterAt(tokens: readonly AddedToken[]): Cut {
  const byText = new Map(tokens.map((token) => [token.content, token]));
  const alternatives = [...byText.keys()].sort((a, b) => b.length - a.length).map(escape);
  if (alternatives.length === 0) return (text) => [{ text, start: 0 }];
  const any = new RegExp(alternatives.join('|'), 'gu');
  return (text) => {
    const sections: Section[] = [];
    let from = 0;
    for (const { 0: found, index } of text.matchAll(any)) {
      const token = byText.get(found)!;
      const end = index + found.length;
      if (token.single_word && !standsAlone(text, index, end)) continue;
      const blanks = token.lstrip ? BLANKS_BEFORE.exec(text.slice(0, index))![0].length : 0;
      const start = Math.max(from, index - blanks);
      if (from < start) sections.push({ text: text.slice(from, start), start: from });
      sections.push({ id: token.id });
      from = end + (token.rstrip ? BLANKS_AFTER.exec(text.slice(end))![0].length : 0);
    }
    if (from < text.length) sections.push({ text: text.slice(from), start: from });
    return sections;
  };
}

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);

const standsAlone = (text: string, start: number, end: number): boolean =>
  !ENDS_WITH_WORD.test(text.slice(0, start)) && !STARTS_WITH_WORD.test(text.slice(end));
