'use client';
import { useEffect, useState } from 'react';
import type { Health } from './index-words.ts';

const EVERY_MS = 4_000;

/** What this site says of chain and index, asked again while the page is looked at; undefined until it has said it. */
export function useHealth(): Health | undefined {
  const [health, setHealth] = useState<Health>();
  useEffect(() => {
    const leaving = new AbortController();
    const ask = async () => {
      if (document.visibilityState !== 'visible') return;
      const response = await fetch('/api/health', { signal: leaving.signal });
      setHealth((await response.json()) as Health);
    };
    const askQuietly = () => void ask().catch(() => undefined);
    askQuietly();
    const timer = setInterval(askQuietly, EVERY_MS);
    return () => {
      clearInterval(timer);
      leaving.abort();
    };
  }, []);
  return health;
}
