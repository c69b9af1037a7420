'use client';
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { shortHex } from './short-hex.ts';

/** Copies a text; says so for a moment. */
export function CopyButton({ value, label }: { value: string; label?: string | undefined }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      onClick={() =>
        void navigator.clipboard?.writeText(value).then(
          () => setCopied(true),
          () => undefined,
        )
      }
      aria-label={copied ? 'Copied' : `Copy ${label ?? shortHex(value)}`}
      className="inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-ink-faint hover:bg-raised hover:text-ink"
    >
      {copied ? <Check aria-hidden className="size-3.5 text-accent" /> : <Copy aria-hidden className="size-3" />}
    </button>
  );
}
