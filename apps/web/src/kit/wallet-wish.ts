'use client';
import { useSyncExternalStore } from 'react';

/** Whether this visitor wants a wallet: its code is a third of a megabyte, and reading needs none of it. */
let wish: 'none' | 'remembered' | 'pressed' = 'none';
const listeners = new Set<() => void>();

function become(next: typeof wish): void {
  if (wish === 'pressed' || wish === next) return;
  wish = next;
  listeners.forEach((listener) => listener());
}

/** The visitor pressed a button that needs a wallet. */
export const wantWallet = (): void => become('pressed');

/** The visitor connected one before, and wagmi keeps which (`oml.recentConnectorId`). */
export function recallWallet(storage: Pick<Storage, 'getItem'> = localStorage): void {
  try {
    if (storage.getItem('oml.recentConnectorId')) become('remembered');
  } catch {
    // Storage is switched off: nothing was kept.
  }
}

const subscribe = (listener: () => void) => (listeners.add(listener), () => void listeners.delete(listener));

/** `none` on the server and until React has attached to its HTML. */
export const useWalletWish = (): typeof wish =>
  useSyncExternalStore(
    subscribe,
    () => wish,
    () => 'none' as const,
  );
