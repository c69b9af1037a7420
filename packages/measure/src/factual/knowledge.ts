import { OmlError } from '@oml/protocol/error';
import MiniSearch from 'minisearch';
import { textOf, type DataFiles } from '../data.ts';

/** A piece of a source. */
export interface Passage {
  /** Of the file that it stands in, without its ending. */
  title: string;
  text: string;
}

/** Sources to look facts up in. */
export interface Knowledge {
  /** The passages that are likeliest to tell of a question, the likeliest first. */
  find(question: string, count: number): Passage[];
}

const MOST_CHARACTERS = 20_000_000;
/** Words of a passage at most (FActScore, §3.3: 256 tokens). */
const PASSAGE_WORDS = 180;

/**
 * Texts under `knowledge/` in passages, found by BM25 (Robertson; BM25+ as MiniSearch has it). Throws REQUEST_INVALID
 * where there are none, or more than is held.
 */
export function readKnowledge(files: DataFiles): Knowledge {
  const sources = [...files].filter(([path]) => path.startsWith('knowledge/')).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (sources.length === 0)
    throw new OmlError('REQUEST_INVALID', 'The data have no knowledge/: bring the texts that facts are looked up in.');
  const texts = sources.map(([path, bytes]) => ({ path, text: textOf(path, bytes) }));
  const characters = texts.reduce((sum, { text }) => sum + text.length, 0);
  if (characters > MOST_CHARACTERS)
    throw new OmlError('REQUEST_INVALID', `The sources have ${characters} characters; ${MOST_CHARACTERS} are held.`);
  const passages = texts.flatMap(({ path, text }) => passagesOf(titleOf(path), text));
  const index = new MiniSearch<Passage & { id: number }>({ fields: ['title', 'text'] });
  index.addAll(passages.map((passage, id) => ({ id, ...passage })));
  return {
    find: (question, count) =>
      index
        .search(question)
        .slice(0, count)
        .map(({ id }) => passages[id as number]!),
  };
}

const titleOf = (path: string): string => path.slice('knowledge/'.length).replace(/\.[^./]+$/, '');

/** By paragraphs, and those that are too long by words. */
function passagesOf(title: string, text: string): Passage[] {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    const words = paragraph.split(/\s+/).filter((word) => word !== '');
    const count = Math.ceil(words.length / PASSAGE_WORDS);
    return Array.from({ length: count }, (_, i) => ({
      title,
      text: words.slice(i * PASSAGE_WORDS, (i + 1) * PASSAGE_WORDS).join(' '),
    }));
  });
}
