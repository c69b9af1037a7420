import type { ComponentProps } from 'react';
import { cn } from './class-names.ts';

/** On a phone each row is a list, its cells under one another with their labels. */
const STACKED =
  'max-sm:block max-sm:[&_:is(tbody,tr)]:block max-sm:[&_thead]:sr-only max-sm:[&_tr]:py-2 max-sm:[&_td]:flex max-sm:[&_td]:h-auto ' +
  'max-sm:[&_td]:items-baseline max-sm:[&_td]:justify-between max-sm:[&_td]:gap-4 max-sm:[&_td]:before:text-xs ' +
  'max-sm:[&_td]:before:text-ink-soft max-sm:[&_td]:before:content-[attr(data-label)]';

/**
 * A table that scrolls sideways inside its own border instead of widening the page; `stacked`, where all its cells have
 * labels, it becomes a list of lists on a phone.
 */
export function Table({
  label,
  stacked,
  className,
  children,
  ...props
}: ComponentProps<'table'> & { label: string; stacked?: boolean }) {
  return (
    // Positioned, so that texts for screen readers in it cannot widen the page.
    <div
      className="relative overflow-x-auto rounded-md border border-line bg-surface"
      role="region"
      aria-label={label}
      tabIndex={0}
    >
      <table className={cn('w-full border-collapse text-left text-sm', stacked && STACKED, className)} {...props}>
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

export function Cell({
  className,
  numeric,
  label,
  ...props
}: ComponentProps<'td'> & { numeric?: boolean; label?: string }) {
  return (
    <td
      data-label={label}
      className={cn('h-11 px-3 py-1.5 align-middle', numeric && 'text-right tabular-nums', className)}
      {...props}
    />
  );
}
