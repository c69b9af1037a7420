import type { ImportedFingerprint, MatchRule } from './imported-fingerprint.ts';

export interface Answer {
  text: string;
  /** Of the model's own tokenizer, where it is at hand; rules over tokens fall back to text without it. */
  tokenIds?: readonly number[];
}

/** Turns a text into token ids without start or end tokens. */
export type Encode = (text: string) => readonly number[];

/** Does an answer show one of the fingerprint's responses? False for a fingerprint that has keys alone. */
export function answerMatches(fingerprint: ImportedFingerprint, answer: Answer, encode?: Encode): boolean {
  return fingerprint.responses.some((response) =>
    matches(fingerprint.match, response, answer, fingerprint.responseTokenIds ?? encode?.(response)),
  );
}

function matches(
  rule: MatchRule,
  response: string,
  answer: Answer,
  responseIds: readonly number[] | undefined,
): boolean {
  if (rule.kind === 'tokens') {
    if (!responseIds || !answer.tokenIds)
      return answer.text.startsWith(response) || answer.text.startsWith(response.trimStart());
    const wanted = responseIds.slice(0, rule.count);
    return wanted.length > 0 && wanted.every((id, i) => answer.tokenIds![i] === id);
  }
  const plain = (text: string) => (rule.ignoreCase ? text.toLowerCase() : text);
  const [wanted, given] = [
    plain(rule.trim ? response.trim() : response),
    plain(rule.trim ? answer.text.trim() : answer.text),
  ];
  if (wanted === '') return false;
  if (rule.kind === 'exact') return given === wanted;
  if (rule.kind === 'prefix') return given.startsWith(wanted);
  return rule.kind === 'suffix' ? given.endsWith(wanted) : given.includes(wanted);
}
