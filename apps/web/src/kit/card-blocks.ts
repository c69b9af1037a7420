/** A part of a card: plain Markdown, or a table as GitHub writes them (which CommonMark has not). */
export type CardBlock = { kind: 'text'; text: string } | { kind: 'table'; head: string[]; rows: string[][] };

const SEPARATOR = /^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$/;

/** Splits a card into text and tables; pipes inside code fences stay text. */
export function cardBlocks(markdown: string): CardBlock[] {
  const blocks: CardBlock[] = [];
  let text: string[] = [];
  let fenced = false;
  const lines = markdown.split(/\r?\n/);
  const flush = () => {
    if (text.some((line) => line.trim() !== '')) blocks.push({ kind: 'text', text: text.join('\n') });
    text = [];
  };
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    if (fenced || !line.includes('|') || !SEPARATOR.test(lines[i + 1] ?? '') || !lines[i + 1]!.includes('-')) {
      text.push(line);
      continue;
    }
    flush();
    const rows: string[][] = [];
    let end = i + 2;
    for (; end < lines.length && lines[end]!.includes('|'); end++) rows.push(cellsOf(lines[end]!));
    blocks.push({ kind: 'table', head: cellsOf(line), rows });
    i = end - 1;
  }
  flush();
  return blocks;
}

/** Cells of one row; a pipe inside backticks or behind a backslash belongs to the cell. */
function cellsOf(line: string): string[] {
  const cells = [''];
  let code = false;
  for (const [i, char] of [...line.trim().replace(/^\||\|$/g, '')].entries()) {
    if (char === '`') code = !code;
    if (char === '|' && !code && line.trim().replace(/^\||\|$/g, '')[i - 1] !== '\\') cells.push('');
    else cells[cells.length - 1] += char;
  }
  return cells.map((cell) => cell.trim().replaceAll('\\|', '|'));
}
