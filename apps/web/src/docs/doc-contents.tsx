import type { DocHeading } from './shown-doc.ts';

/** What stands on a page: beside it where there is room, folded above it on a phone. */
export function DocContents({ headings }: { headings: readonly DocHeading[] }) {
  if (headings.length < 2) return null;
  return (
    <nav
      aria-label="On this page"
      className="min-w-0 text-sm lg:sticky lg:top-20 lg:max-h-[calc(100dvh-6rem)] lg:overflow-y-auto"
    >
      <details open className="group">
        <summary className="text-xs text-ink-soft">On this page</summary>
        <ol className="mt-2 flex flex-col border-l border-line">
          {headings.map(({ id, text, depth }) => (
            <li key={id}>
              <a
                href={`#${id}`}
                className={`block py-1 text-ink-soft hover:text-ink ${depth === 3 ? 'pl-6 text-xs' : 'pl-3'}`}
              >
                {text}
              </a>
            </li>
          ))}
        </ol>
      </details>
    </nav>
  );
}
