import { Amount } from '@oml/ui/amount';
import { Card } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import type { ShownClaim } from './shown-claim.ts';

const PARTS = [
  { key: 'toClaimant', name: 'To the claimant', colour: 'bg-evidence' },
  { key: 'toOwner', name: 'To the model’s owner', colour: 'bg-money' },
  { key: 'burned', name: 'Burned', colour: 'bg-slashed' },
] as const;

/** Where the money of a claim went, each part to the smallest unit. */
export function MoneySplit({ claim }: { claim: ShownClaim }) {
  const taken = claim.taken + claim.fromTitles;
  if (taken === 0n)
    return (
      <EmptyState title="No money was taken">
        {claim.state === 'contested' || claim.state === 'blamed' ? 'Not yet: it is not decided.' : undefined}
      </EmptyState>
    );
  const parts = PARTS.map((part) => ({ ...part, amount: claim[part.key] })).filter(({ amount }) => amount > 0n);
  return (
    <Card className="flex flex-col gap-3 p-5 text-sm">
      <p>
        <Amount value={taken} tone={claim.state === 'slashed' ? 'slashed' : 'risk'} className="text-lg font-semibold" />{' '}
        <span className="text-ink-soft">
          {claim.fromTitles > 0n ? (
            <>
              taken, <Amount value={claim.fromTitles} /> of it from title bonds
            </>
          ) : (
            'taken from the bond'
          )}
        </span>
      </p>
      <div aria-hidden className="flex h-2 gap-px overflow-hidden rounded-full">
        {parts.map(({ key, colour, amount }) => (
          <span key={key} className={colour} style={{ flexGrow: Number((amount * 10_000n) / taken) }} />
        ))}
      </div>
      <dl className="grid gap-1.5">
        {parts.map(({ key, name, colour, amount }) => (
          <div key={key} className="flex items-center justify-between gap-4">
            <dt className="flex items-center gap-2 text-ink-soft">
              <span aria-hidden className={`size-2 rounded-full ${colour}`} /> {name}
            </dt>
            <dd>
              <Amount value={amount} />
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
