'use client';
import { Amount } from '@oml/ui/amount';
import { Button } from '@oml/ui/button';
import { shortHex } from '@oml/ui/short-hex';
import { Skeleton } from '@oml/ui/skeleton';
import { Badge } from '@oml/ui/state-badge';
import { useState } from 'react';
import { NO_PRICE } from '#host/no-price.ts';
import { useListing } from '#host/use-listing.ts';
import type { ServingLicense, ShownHost } from '#host/shown-host.ts';

interface HostChoiceProps {
  hosts: readonly ShownHost[];
  chosen: bigint;
  onChoose: (licenseId: bigint) => void;
  floorPrice: bigint;
}

/** Which host to ask. The chosen one is asked for its price, the others when the visitor says so. */
export function HostChoice({ hosts, chosen, onChoose, floorPrice }: HostChoiceProps) {
  const [isAskingAll, setIsAskingAll] = useState(false);
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-semibold">Host</legend>
      <div className="flex flex-col divide-y divide-line rounded-md border border-line-strong">
        {hosts.map(({ license, end }) => (
          <label
            key={String(license.licenseId)}
            data-testid={`try-host-${license.licenseId}`}
            className="flex cursor-pointer items-center gap-3 px-3 py-2.5 hover:bg-raised/60 has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="host"
              value={String(license.licenseId)}
              checked={license.licenseId === chosen}
              onChange={() => onChoose(license.licenseId)}
              className="size-4 accent-(--color-accent)"
            />
            <span className="min-w-0 flex-1">
              <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <span className="font-mono" title={license.account}>
                  {shortHex(license.account)}
                </span>
                <Badge tone={end.tone} title={end.sentence}>
                  {end.word}
                </Badge>
              </span>
              <span className="block text-xs text-ink-soft">
                License {String(license.licenseId)}, {license.bookedCount} {license.bookedCount === 1 ? 'use' : 'uses'}{' '}
                booked
              </span>
            </span>
            {license.licenseId === chosen || isAskingAll ? (
              <HostPrice license={license} floorPrice={floorPrice} />
            ) : (
              <span className="text-xs text-ink-soft">not asked</span>
            )}
          </label>
        ))}
      </div>
      {hosts.length > 1 && !isAskingAll ? (
        <Button size="sm" variant="quiet" className="mt-1" onClick={() => setIsAskingAll(true)}>
          Ask all of them for their prices
        </Button>
      ) : null}
    </fieldset>
  );
}

function HostPrice({ license, floorPrice }: { license: ServingLicense; floorPrice: bigint }) {
  const { state, listing } = useListing(license);
  if (listing)
    return (
      <span>
        {listing.isMetered ? 'up to ' : null}
        <Amount value={listing.price} tone={listing.price < floorPrice ? 'risk' : 'plain'} />
      </span>
    );
  if (state === 'asking') return <Skeleton className="w-14" />;
  return <span className="text-xs text-risk">{state === 'listed' ? '' : NO_PRICE[state]}</span>;
}
