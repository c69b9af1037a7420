'use client';
import { Button } from '@oml/ui/button';
import { useState, type ReactNode } from 'react';

/** Long text, cut until it is asked for; what is short anyway shows whole. */
export function Unfold({ label, children }: { label: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const [isLong, setIsLong] = useState(true);
  const measure = (element: HTMLDivElement | null) => {
    if (element && !open) setIsLong(element.scrollHeight > element.clientHeight + 1);
  };
  return (
    <div>
      <div
        ref={measure}
        className={open ? '' : 'max-h-96 overflow-hidden'}
        style={open || !isLong ? undefined : { maskImage: 'linear-gradient(to bottom, black 75%, transparent)' }}
      >
        {children}
      </div>
      {isLong && !open ? (
        <Button size="sm" className="mt-3" onClick={() => setOpen(true)}>
          {label}
        </Button>
      ) : null}
    </div>
  );
}
