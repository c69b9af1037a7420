'use client';
import { useConnection } from 'wagmi';
import { NoticeBell } from '#notice/notice-bell.tsx';
import { ConnectButton } from './connect-button.tsx';

/** The wallet's place in the header: its notices, and which one it is; as wide without one. */
export function WalletCorner({ isOpen = false }: { isOpen?: boolean }) {
  const { address } = useConnection();
  return (
    <>
      {address ? <NoticeBell account={address} /> : <span aria-hidden className="size-8" />}
      <ConnectButton isOpen={isOpen} />
    </>
  );
}
