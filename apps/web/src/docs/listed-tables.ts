/** A part of a page as rehype plugins see it. */
interface Node {
  type?: string;
  tagName?: string;
  value?: string;
  properties?: Record<string, unknown>;
  children?: Node[];
}

/** Gives each cell of a table the name of its column, which stands beside it on a phone (`listed` of the kit). */
export const listedTables = () => labelTables;

function labelTables(node: Node): void {
  if (node.tagName === 'table') return labelCells(node);
  node.children?.forEach(labelTables);
}

function labelCells(table: Node): void {
  const [head, ...rows] = all(table, 'tr');
  const names = all(head ?? {}, 'th').map(wordsOf);
  for (const row of rows)
    all(row, 'td').forEach((cell, i) => {
      cell.properties = { ...cell.properties, dataLabel: names[i] ?? '' };
      // One part beside the label, however many it holds.
      cell.children = [{ type: 'element', tagName: 'div', properties: {}, children: cell.children ?? [] }];
    });
}

/** Parts of this kind, in their order. */
const all = (node: Node, tagName: string): Node[] =>
  (node.children ?? []).flatMap((child) => (child.tagName === tagName ? [child] : all(child, tagName)));

const wordsOf = ({ value, children = [] }: Node): string => value ?? children.map(wordsOf).join('');
