import type { SearchHit } from './shown-search.ts';

/** A page of the docs as it is searched. */
export interface SearchedDoc {
  path: string;
  title: string;
  text: string;
  headings: readonly { id: string; text: string }[];
}

/** Where a word stands counts: in the title, in a heading, in the text. */
const [IN_TITLE, IN_HEADING, IN_TEXT] = [9, 4, 1];

/** Pages that have every word of a question, the best first; each leads to the heading that says most of them. */
export function searchDocs(docs: readonly SearchedDoc[], question: string, most: number): SearchHit[] {
  const words = question.toLowerCase().match(/[\p{L}\p{N}_-]{2,}/gu) ?? [];
  if (words.length === 0) return [];
  return docs
    .flatMap((doc) => hitOf(doc, words) ?? [])
    .toSorted((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ hit }) => hit);
}

function hitOf(doc: SearchedDoc, words: readonly string[]): { score: number; hit: SearchHit } | undefined {
  const [title, text] = [doc.title.toLowerCase(), doc.text.toLowerCase()];
  const isIn = (part: string) => words.filter((word) => part.includes(word)).length;
  if (!words.every((word) => title.includes(word) || text.includes(word))) return undefined;
  const headings = doc.headings.map((heading) => ({ heading, said: isIn(heading.text.toLowerCase()) }));
  const best = headings.reduce<(typeof headings)[number] | undefined>(
    (a, b) => (b.said > (a?.said ?? 0) ? b : a),
    undefined,
  );
  const score = IN_TITLE * isIn(title) + IN_HEADING * (best?.said ?? 0) + IN_TEXT * isIn(text);
  const part = best && best.said > isIn(title) ? best.heading : undefined;
  const href = `/docs/${doc.path}${part ? `#${part.id}` : ''}`;
  return { score, hit: { href, title: part ? part.text : doc.title, note: part ? doc.title : doc.path } };
}
