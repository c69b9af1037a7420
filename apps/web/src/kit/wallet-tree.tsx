'use client';
import { lazy, Suspense } from 'react';
import { usePlacedParts } from './placed-parts.ts';

const WalletRoot = lazy(() => import('#wallet/wallet-root.tsx').then((module) => ({ default: module.WalletRoot })));

/** Loads the wallet's code with the first part of a page that needs it. */
export function WalletTree() {
  const isNeeded = usePlacedParts().length > 0;
  return isNeeded ? (
    <Suspense>
      <WalletRoot />
    </Suspense>
  ) : null;
}
