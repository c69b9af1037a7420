import { CopyButton } from '@oml/ui/copy-button';
import Link from 'next/link';
import type { ComponentProps, ReactNode } from 'react';
import Markdown, { type Components } from 'react-markdown';
import rehypeHighlight from 'rehype-highlight';
import rehypeSlug from 'rehype-slug';
import remarkGfm from 'remark-gfm';
import { docHref, pictureHref } from './doc-text.ts';
import { listedTables } from './listed-tables.ts';

/** A page of the repository's docs: headings can be linked to, code is coloured and copied, links stay on the site. */
export function DocView({ text, path }: { text: string; path: string }) {
  return (
    <div className="card-text doc-text min-w-0 max-w-[76ch] text-sm">
      <Markdown
        remarkPlugins={[remarkGfm]}
        rehypePlugins={[rehypeSlug, [rehypeHighlight, { detect: false }], listedTables]}
        components={componentsOf(path)}
      >
        {text}
      </Markdown>
    </div>
  );
}

const componentsOf = (path: string): Components => ({
  a: ({ href = '', children }) => <DocLink href={docHref(href, path)}>{children}</DocLink>,
  img: ({ src, alt = '' }) => <img src={pictureHref(String(src), path)} alt={alt} loading="lazy" />,
  h2: ({ id, children }) => <Linked as="h2" id={id} words={children} />,
  h3: ({ id, children }) => <Linked as="h3" id={id} words={children} />,
  pre: ({ node, children }) => (
    <div className="doc-code">
      <pre tabIndex={0}>{children}</pre>
      <CopyButton value={textOf(node).trimEnd()} label="these lines" />
    </div>
  ),
  table: ({ children }) => (
    <div className="doc-table" role="group" aria-label="Table" tabIndex={0}>
      <table className="listed">{children}</table>
    </div>
  ),
});

function DocLink({ href, children }: { href: string | undefined; children: ReactNode }) {
  if (href === undefined) return <span>{children}</span>;
  if (href.startsWith('/'))
    return (
      <Link prefetch={false} href={href}>
        {children}
      </Link>
    );
  return <a href={href}>{children}</a>;
}

function Linked({ as: Heading, id, words }: { as: 'h2' | 'h3'; id: string | undefined; words: ReactNode }) {
  return (
    <Heading id={id} className="group scroll-mt-24">
      {words}{' '}
      <a
        href={`#${id}`}
        aria-label="Link to this part"
        className="no-underline! opacity-0 group-hover:opacity-100 focus:opacity-100"
      >
        #
      </a>
    </Heading>
  );
}

type Node = NonNullable<ComponentProps<'pre'> & { node?: unknown }>['node'];

/** What a part of a page says, without its marks. */
function textOf(node: Node): string {
  const { value, children } = (node ?? {}) as { value?: string; children?: Node[] };
  return value ?? (children ?? []).map(textOf).join('');
}
