import type { ComponentProps } from 'react';
import { cn } from './class-names.ts';

/**
 * A table whose rows are lists on a phone (table.css); wider than a phone it scrolls sideways inside its own border
 * instead of widening the page. Its roles are said, since a table that is drawn as blocks would lose them.
 */
export function Table({ label, className, children, ...props }: ComponentProps<'table'> & { label: string }) {
  return (
    // Positioned, so that texts for screen readers in it cannot widen the page.
    <div
      className="relative overflow-x-auto rounded-md border border-line bg-surface"
      role="region"
      aria-label={label}
      tabIndex={0}
    >
      <table role="table" className={cn('listed w-full border-collapse text-left text-sm', className)} {...props}>
        <caption className="sr-only">{label}</caption>
        {children}
      </table>
    </div>
  );
}

export function Head({ children }: { children: React.ReactNode }) {
  return (
    <thead role="rowgroup" className="border-b border-line bg-raised text-xs text-ink-soft">
      <tr role="row">{children}</tr>
    </thead>
  );
}

export function Heading({ className, numeric, ...props }: ComponentProps<'th'> & { numeric?: boolean }) {
  return (
    <th
      scope="col"
      role="columnheader"
      className={cn('h-9 whitespace-nowrap px-3 font-normal', numeric && 'text-right', className)}
      {...props}
    />
  );
}

export function Body({ children }: { children: React.ReactNode }) {
  return (
    <tbody role="rowgroup" className="[&>tr:last-child]:border-b-0">
      {children}
    </tbody>
  );
}

export function Row({ className, ...props }: ComponentProps<'tr'>) {
  return <tr role="row" className={cn('border-b border-line hover:bg-raised/60', className)} {...props} />;
}

/** Of the column that `label` names, as its heading does: on a phone it stands beside the cell. */
export function Cell({
  className,
  numeric,
  label,
  children,
  ...props
}: ComponentProps<'td'> & { numeric?: boolean; label: string }) {
  return (
    <td
      role="cell"
      data-label={label}
      className={cn('h-11 px-3 py-1.5 align-middle', numeric && 'text-right tabular-nums', className)}
      {...props}
    >
      {/* One part beside the label, however many it holds. */}
      <div>{children}</div>
    </td>
  );
}
