'use client';
import { Check, Copy } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { cn } from './class-names.ts';
import { shortHex } from './short-hex.ts';

export interface HashProps {
  value: string;
  /** What it names, for screen readers: "transaction", "account". */
  label?: string;
  /** Wraps the short text, e.g. in a link to the transaction. */
  wrap?: (short: ReactNode) => ReactNode;
  className?: string;
  'data-testid'?: string;
}

/** An address or hash: first 6 and last 4, whole on hover and for screen readers, copied on click. */
export function Hash({ value, label, wrap = (short) => short, className, ...props }: HashProps) {
  return (
    <span
      className={cn('inline-flex items-center gap-0.5 whitespace-nowrap font-mono text-[0.95em]', className)}
      title={value}
      data-value={value}
      {...props}
    >
      {wrap(
        <>
          <span aria-hidden>{shortHex(value)}</span>
          <span className="sr-only">{`${label ?? ''} ${value}`.trim()}</span>
        </>,
      )}
      <CopyButton value={value} label={label} />
    </span>
  );
}

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
