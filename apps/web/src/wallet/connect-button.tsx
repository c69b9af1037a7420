'use client';
import { Button } from '@oml/ui/button';
import { Dialog } from '@oml/ui/dialog';
import { Hash } from '@oml/ui/hash';
import { shortHex } from '@oml/ui/short-hex';
import { Wallet } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { useConnection, useConnectionEffect, useDisconnect } from 'wagmi';
import { WalletList } from './wallet-list.tsx';

/** Connects a wallet, or shows which one is connected; `isOpen` from the start. Both states are equally wide. */
export function ConnectButton({ isOpen = false }: { isOpen?: boolean }) {
  const [open, setOpen] = useState(isOpen);
  const { address, isConnected } = useConnection();
  useConnectionEffect({ onConnect: () => setOpen(false) });
  return (
    <>
      {isConnected && address ? (
        <Button
          size="sm"
          className="min-w-36"
          onClick={() => setOpen(true)}
          data-testid="account"
          data-address={address}
          aria-label={`Connected as ${address}`}
        >
          <Wallet aria-hidden />
          <span className="font-mono">{shortHex(address)}</span>
        </Button>
      ) : (
        <Button
          size="sm"
          variant="primary"
          className="min-w-36"
          onClick={() => setOpen(true)}
          data-testid="connect-open"
        >
          Connect wallet
        </Button>
      )}
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={isConnected ? 'Your wallet' : 'Connect a wallet'}
        description={
          isConnected
            ? undefined
            : 'This page learns your address. It cannot move anything without a signature that your wallet shows you.'
        }
      >
        {isConnected && address ? <Connected address={address} onDone={() => setOpen(false)} /> : <WalletList />}
      </Dialog>
    </>
  );
}

function Connected({ address, onDone }: { address: string; onDone: () => void }) {
  const disconnect = useDisconnect();
  const { connector } = useConnection();
  return (
    <div className="flex flex-col gap-4 text-sm">
      <p className="flex flex-wrap items-center gap-x-2">
        <Hash value={address} label="account" /> <span className="text-ink-soft">{connector?.name}</span>
      </p>
      <div className="flex gap-2">
        <Button asChild size="sm">
          <Link prefetch={false} href="/use" onClick={onDone}>
            Balance and dollars
          </Link>
        </Button>
        <Button size="sm" variant="quiet" onClick={() => disconnect.mutate({}, { onSuccess: onDone })}>
          Disconnect
        </Button>
      </div>
    </div>
  );
}
