import type { ComponentProps, ReactNode } from 'react';
import { cn } from './class-names.ts';

/** A bordered surface. */
export function Card({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('min-w-0 rounded-md border border-line bg-surface', className)} {...props} />;
}

/** A part of a page with a heading, an optional note beside it and its content. */
export function Section({
  id,
  title,
  note,
  action,
  children,
  className,
}: {
  id?: string;
  title: ReactNode;
  note?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section id={id} className={cn('min-w-0 scroll-mt-20', className)}>
      <div className="mb-3">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
          <h2 className="text-base font-semibold">{title}</h2>
          {action}
        </div>
        {note ? <p className="mt-0.5 max-w-[72ch] text-sm text-ink-soft">{note}</p> : null}
      </div>
      {children}
    </section>
  );
}

/** Names and values, side by side. */
export function Facts({ rows, className }: { rows: readonly (readonly [ReactNode, ReactNode])[]; className?: string }) {
  return (
    <dl
      className={cn(
        // On a phone long names leave room for what they name.
        'grid grid-cols-[minmax(0,45%)_minmax(0,1fr)] gap-x-4 gap-y-2 text-sm sm:grid-cols-[minmax(7rem,auto)_minmax(0,1fr)] sm:gap-x-6',
        className,
      )}
    >
      {rows.map(([name, value], i) => (
        <div key={i} className="contents">
          <dt className="text-ink-soft">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** One number with its name, for a row of counts. */
export function Figure({ name, value, note }: { name: ReactNode; value: ReactNode; note?: ReactNode }) {
  return (
    <div className="min-w-0 px-4 py-3">
      <dt className="text-xs text-ink-soft">{name}</dt>
      <dd className="mt-1 truncate text-lg font-semibold tabular-nums">{value}</dd>
      {note ? <dd className="mt-0.5 text-xs text-ink-faint">{note}</dd> : null}
    </div>
  );
}

/** A row of figures with hairlines between. */
export function Figures({ children }: { children: ReactNode }) {
  return (
    <Card className="overflow-hidden">
      <dl className="-mb-px -mr-px grid grid-cols-2 sm:grid-cols-3 lg:grid-cols-[repeat(auto-fit,minmax(9rem,1fr))] [&>*]:border-b [&>*]:border-r [&>*]:border-line">
        {children}
      </dl>
    </Card>
  );
}
