import Markdown, { type Components } from 'react-markdown';
import { cardBlocks, type CardBlock } from './card-blocks.ts';

/**
 * Markdown with tables as GitHub writes them. Images are left out, since they would call other servers; links say so.
 */
export function MarkedText({ text }: { text: string }) {
  return (
    <div className="card-text max-w-[72ch] text-sm">
      {cardBlocks(text).map((block, i) =>
        block.kind === 'table' ? <CardTable key={i} {...block} /> : <CardText key={i} text={block.text} />,
      )}
    </div>
  );
}

const components: Components = {
  a: ({ href, children }) => (
    <a href={href} rel="nofollow noopener noreferrer ugc" target="_blank">
      {children}
    </a>
  ),
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
};

function CardText({ text }: { text: string }) {
  return (
    <Markdown disallowedElements={['img']} components={components}>
      {text}
    </Markdown>
  );
}

/** Text of one cell: inline marks only. */
function CellText({ text }: { text: string }) {
  return (
    <Markdown disallowedElements={['img']} components={{ ...components, p: ({ children }) => <>{children}</> }}>
      {text}
    </Markdown>
  );
}

function CardTable({ head, rows }: Extract<CardBlock, { kind: 'table' }>) {
  return (
    <table className="listed">
      <thead>
        <tr>
          {head.map((cell, i) => (
            <th key={i} scope="col">
              <CellText text={cell} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, i) => (
          <tr key={i}>
            {head.map((_, column) => (
              <td key={column} data-label={head[column]}>
                <div>
                  <CellText text={row[column] ?? ''} />
                </div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
