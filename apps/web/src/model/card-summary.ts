/** The first sentence-like paragraph of a card's text, without markup. */
export function cardSummary(text: string): string | undefined {
  const paragraph = text
    .split(/\r?\n\s*\r?\n/)
    .find((part) => /^[\p{L}\p{N}*_`"“]/u.test(part.trim()) && part.trim().length > 20);
  return paragraph
    ?.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
