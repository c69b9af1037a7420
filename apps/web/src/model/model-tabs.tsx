'use client';
import Link from 'next/link';
import { useSelectedLayoutSegment } from 'next/navigation';

const TABS = [
  [null, 'Overview'],
  ['playground', 'Playground'],
  ['api', 'API'],
  ['hosts', 'Hosts'],
  ['files', 'Files & releases'],
  ['evidence', 'Evidence'],
  ['claims', 'Claims'],
  ['terms', 'Terms'],
] as const;

/** The parts of a model's page, each with an address of its own. */
export function ModelTabs({ base }: { base: string }) {
  const segment = useSelectedLayoutSegment();
  return (
    <nav aria-label="Parts of this page" className="-mt-4 flex gap-1 overflow-x-auto border-b border-line">
      {TABS.map(([name, label]) => (
        <Link
          key={label}
          href={name ? `${base}/${name}` : base}
          prefetch={false}
          aria-current={segment === name ? 'page' : undefined}
          data-testid={`tab-${name ?? 'overview'}`}
          className="-mb-px whitespace-nowrap border-b-2 border-transparent px-3 py-2 text-sm text-ink-soft hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-semibold aria-[current=page]:text-ink"
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
