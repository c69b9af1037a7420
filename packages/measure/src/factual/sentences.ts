/** Sentences of a text, each with its end: what is cut off states nothing yet. */
export const sentencesOf = (text: string): string[] =>
  (text.match(/[^.!?]+[.!?]+["”’')]*/g) ?? []).map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');
