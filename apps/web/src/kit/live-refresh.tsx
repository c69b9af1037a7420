'use client';
import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

/** Reads the page's data again every few seconds while it is looked at; what a visitor typed stays. */
export function LiveRefresh({ everyMs = 4000 }: { everyMs?: number }) {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') router.refresh();
    }, everyMs);
    return () => clearInterval(timer);
  }, [router, everyMs]);
  return null;
}
