import type { ComponentProps } from 'react';
import { cn } from './class-names.ts';

/** A table that scrolls sideways inside its own border instead of widening the page. */
export function Table({ label, className, children, ...props }: ComponentProps<'table'> & { label: string }) {
  return (
    // Positioned, so that texts for screen readers in it cannot widen the page.
    <div
      className="relative overflow-x-auto rounded-md border border-line bg-surface"
      role="region"
      aria-label={label}
      tabIndex={0}
    >
      <table className={cn('w-full border-collapse text-left text-sm', className)} {...props}>
        <caption className="sr-only">{label}</caption>
        {children}
      </table>
    </div>
  );
}

export function Head({ children }: { children: React.ReactNode }) {
  return (
    <thead className="border-b border-line bg-raised text-xs text-ink-soft">
      <tr>{children}</tr>
    </thead>
  );
}

export function Heading({ className, numeric, ...props }: ComponentProps<'th'> & { numeric?: boolean }) {
  return (
    <th
      scope="col"
      className={cn('h-9 whitespace-nowrap px-3 font-normal', numeric && 'text-right', className)}
      {...props}
    />
  );
}

export function Body({ children }: { children: React.ReactNode }) {
  return <tbody className="[&>tr:last-child]:border-b-0">{children}</tbody>;
}

export function Row({ className, ...props }: ComponentProps<'tr'>) {
  return <tr className={cn('border-b border-line hover:bg-raised/60', className)} {...props} />;
}

export function Cell({ className, numeric, ...props }: ComponentProps<'td'> & { numeric?: boolean }) {
  return (
    <td className={cn('h-11 px-3 py-1.5 align-middle', numeric && 'text-right tabular-nums', className)} {...props} />
  );
}
