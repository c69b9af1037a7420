import { Ago } from '@oml/ui/ago';
import { Hash } from '@oml/ui/hash';
import { duration } from '@oml/ui/relative-time';
import type { MeasuredEndpoint, ShownHost } from './shown-host.ts';

/** Whose figures a list of hosts shows, of which window, and how they came about. */
export function MeasuredBy({ hosts }: { hosts: readonly ShownHost[] }) {
  const latest = new Map<string, MeasuredEndpoint>();
  for (const [first] of hosts.map(({ measured }) => measured))
    if (first && first.to > (latest.get(first.verifier)?.to ?? new Date(0))) latest.set(first.verifier, first);
  if (latest.size === 0)
    return (
      <p className="mt-2 text-xs text-ink-soft">
        No verifier has told what it measured at these hosts. Whoever runs one, and whom this site’s operator names,
        shows here.
      </p>
    );
  return (
    <ul className="mt-2 flex flex-col gap-1 text-xs text-ink-soft" data-testid="measured-by">
      {[...latest.values()].map(({ verifier, from, to, method }) => (
        <li key={verifier} className="max-w-[90ch]">
          Measured by verifier <Hash value={verifier} label="verifier" /> over{' '}
          {duration(Math.round((to.getTime() - from.getTime()) / 1000))}, until <Ago at={to} />. {method}
        </li>
      ))}
    </ul>
  );
}
