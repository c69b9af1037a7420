'use client';
import { useSyncExternalStore } from 'react';

const noSubscription = () => () => undefined;

/** False while React attaches to the server's HTML: a press before that would be lost. */
export const useIsHydrated = (): boolean =>
  useSyncExternalStore(
    noSubscription,
    () => true,
    () => false,
  );
