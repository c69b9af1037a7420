'use client';
import { Button } from '@oml/ui/button';
import { useEffect } from 'react';
import { useIsHydrated } from './hydrated.ts';
import { island } from './island.tsx';
import { recallWallet, useWalletWish, wantWallet } from './wallet-wish.ts';

const ConnectIsland = island<{ isOpen?: boolean }>('wanted', () =>
  import('#wallet/wallet-corner.tsx').then(({ WalletCorner }) => WalletCorner),
);

/** The place of the wallet in the header: a plain button until it is pressed, or a wallet was connected before. */
export function ConnectSlot() {
  const wish = useWalletWish();
  useEffect(() => recallWallet(), []);
  return (
    <ConnectIsland
      isOpen={wish === 'pressed'}
      fallback={
        <>
          {/* The place of the bell. */}
          <span aria-hidden className="size-8" />
          <WantButton />
        </>
      }
    />
  );
}

/** A button that asks for a wallet where none was asked for yet. */
export function WantButton() {
  const isHydrated = useIsHydrated();
  const isLoading = useWalletWish() !== 'none';
  return (
    <Button
      size="sm"
      variant="primary"
      className="min-w-36"
      onClick={wantWallet}
      disabled={!isHydrated}
      busy={isLoading}
      data-testid="connect-open"
    >
      Connect wallet
    </Button>
  );
}
