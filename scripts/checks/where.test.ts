import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../stack/layout.ts';

interface Place {
  question: string;
  file: string;
  name: string;
}

/** Rows of the table in docs/specs/where.md; a row without a question answers the one above. */
function readPlaces(): Place[] {
  const rows = readFileSync(join(root, 'docs/specs/where.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\|.*`/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  let last = '';
  return rows.map(([, question, file, name]) => {
    last = question || last;
    return { question: last, file: file!.replaceAll('`', ''), name: name!.replaceAll('`', '') };
  });
}

/** A declaration, an exported constant, or for a path the text itself: a mere mention would not count. */
const defines = (source: string, name: string): boolean =>
  name.includes('/')
    ? source.includes(name)
    : new RegExp(`\\b(?:function|const|class|interface|library|contract)\\s+${name}\\b`).test(source);

/** The question's word in bold, in the forms that a file name has. */
function saysIt({ question, file }: Place): boolean {
  const word = /\*\*(.+?)\*\*/.exec(question)![1]!.toLowerCase();
  const stem = word.replaceAll(' ', '-').replace(/s(-|$)/g, '$1');
  return file.toLowerCase().includes(stem);
}

describe('docs/specs/where.md', () => {
  const places = readPlaces();

  it('answers fourteen questions', () => {
    expect(new Set(places.map(({ question }) => question)).size).toBe(14);
  });

  it.each(places)('$question → $name stands in $file', (place) => {
    expect(defines(readFileSync(join(root, place.file), 'utf8'), place.name)).toBe(true);
    expect(saysIt(place)).toBe(true);
  });
});
