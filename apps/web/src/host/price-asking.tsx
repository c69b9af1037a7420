'use client';
import { Amount } from '@oml/ui/amount';
import { Button } from '@oml/ui/button';
import { Skeleton } from '@oml/ui/skeleton';
import { createContext, use, useEffect, useState, type ReactNode } from 'react';
import { usePublicConfig } from '#kit/config-context.tsx';
import { allowsPrivate } from '#kit/public-config.ts';
import type { Listing } from './host-listing.ts';
import { NO_PRICE, type NoPrice } from './no-price.ts';
import type { ServingLicense } from './shown-host.ts';

const AskedContext = createContext(false);

/** Asks no host until the visitor says so: whoever is asked learns that somebody looks. */
export function PriceAsking({ children }: { children: ReactNode }) {
  const [isAsked, setIsAsked] = useState(false);
  return (
    <AskedContext value={isAsked}>
      <div className="flex flex-col items-start gap-3">
        <div className="w-full min-w-0">{children}</div>
        {isAsked ? null : (
          <Button size="sm" onClick={() => setIsAsked(true)} data-testid="ask-prices">
            Ask these hosts for their prices
          </Button>
        )}
      </div>
    </AskedContext>
  );
}

interface AskedPriceProps {
  license: Pick<ServingLicense, 'endpoint' | 'licenseId'>;
  floorPrice: bigint;
}

/** What a host asks for a call: the floor until it is asked itself. */
export function AskedPrice({ license, floorPrice }: AskedPriceProps) {
  const isAsked = use(AskedContext);
  if (isAsked) return <OwnPrice license={license} floorPrice={floorPrice} />;
  return (
    <span className="text-ink-soft">
      at least <Amount value={floorPrice} />
    </span>
  );
}

function OwnPrice({ license: { endpoint, licenseId }, floorPrice }: AskedPriceProps) {
  const allowPrivate = allowsPrivate(usePublicConfig());
  const [seen, setSeen] = useState<Listing | NoPrice>();
  useEffect(() => {
    const leaving = new AbortController();
    const ask = async () => {
      const { askListing } = await import('./ask-listing.ts');
      const answer = await askListing({ endpoint, licenseId }, { allowPrivate }, leaving.signal);
      if (!leaving.signal.aborted) setSeen(answer);
    };
    void ask();
    return () => leaving.abort();
  }, [endpoint, licenseId, allowPrivate]);
  if (seen === undefined) return <Skeleton className="w-16" />;
  if (typeof seen === 'string') return <span className="text-risk">{NO_PRICE[seen]}</span>;
  const isBelow = seen.price < floorPrice;
  return (
    <span>
      {seen.isMetered ? 'up to ' : null}
      <Amount value={seen.price} tone={isBelow ? 'risk' : 'plain'} />
      <span className="block text-xs text-ink-faint">{isBelow ? 'below the floor' : `${seen.latencyMs} ms away`}</span>
    </span>
  );
}
