'use client';
import { useEffect, useState } from 'react';
import { relativeTime } from './relative-time.ts';

/** A time as its distance from now; the full time on hover. The server's words may be a second behind the browser's. */
export function Ago({ at }: { at: Date }) {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 5000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time
      dateTime={at.toISOString()}
      title={at.toISOString().replace('T', ' ').slice(0, 19) + ' UTC'}
      suppressHydrationWarning
      className="whitespace-nowrap"
    >
      {relativeTime(at, now)}
    </time>
  );
}
