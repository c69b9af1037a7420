import { Card, Section } from '@oml/ui/card';
import { TextLink } from '#kit/links.tsx';
import type { DocEntry } from './shown-doc.ts';

/** A part of the contents: its pages, each with what it is about. */
export function DocList({ title, note, docs }: { title: string; note: string; docs: readonly DocEntry[] }) {
  return (
    <Section title={title} note={note}>
      <Card className="divide-y divide-line">
        {docs.map((doc) => (
          <div key={doc.path} className="px-4 py-2.5 text-sm">
            <TextLink href={`/docs/${doc.path}`}>{doc.title}</TextLink>
            <p className="mt-0.5 truncate text-xs text-ink-soft">
              {doc.headings
                .filter(({ depth }) => depth === 2)
                .map(({ text }) => text)
                .join(' · ')}
            </p>
          </div>
        ))}
      </Card>
    </Section>
  );
}
