/** Answers that a host gives to one call at most. */
export const MOST_CHOICES = 8;

/**
 * The completion that a receipt is about: the one text, or, of several choices, the RFC 8785 form of the list of their
 * texts in order. It begins with a bracket, so no such receipt ever answers a key.
 */
export const completionOfTexts = (texts: readonly string[]): string =>
  texts.length === 1 ? texts[0]! : JSON.stringify(texts);
