'use client';
import { lazy, useEffect, useId, useLayoutEffect, useRef, useState, type ComponentType, type ReactNode } from 'react';
import { useIsHydrated } from './hydrated.ts';
import { placePart, removePart } from './placed-parts.ts';
import { useWalletWish } from './wallet-wish.ts';

/**
 * A part of a page whose code, and the wallet's, is loaded apart from the page: once a wallet is `wanted`, or `at-once`
 * when scripts run. Until then, and without JavaScript for ever, `fallback` stands in its place. All of them are drawn by
 * one tree (`#wallet/wallet-root.tsx`), so they share one wallet and one cache.
 */
export function island<Props extends object>(
  when: 'wanted' | 'at-once',
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props & { fallback?: ReactNode }> {
  const part = lazy(async () => ({ default: await load() })) as unknown as ComponentType<object>;
  return function Island({ fallback, ...props }) {
    const id = useId();
    const place = useRef<HTMLDivElement>(null);
    const [isThere, setIsThere] = useState(false);
    const isHydrated = useIsHydrated();
    const isWanted = useWalletWish() !== 'none';
    const isDue = when === 'at-once' ? isHydrated : isWanted;
    useEffect(() => {
      if (isDue) placePart(id, { element: place.current!, part, props, onThere: () => setIsThere(true) });
    });
    useLayoutEffect(() => () => removePart(id), [id]);
    return (
      <>
        <div ref={place} className="contents" />
        {isThere ? null : fallback}
      </>
    );
  };
}
