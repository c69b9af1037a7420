import type { ReactNode } from 'react';
import { cn } from './class-names.ts';
import { CopyButton } from './copy-button.tsx';
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
