'use client';
import { useId, type ComponentProps, type ReactNode } from 'react';
import { cn } from './class-names.ts';

const box =
  'w-full min-w-0 rounded-md border border-line-strong bg-surface text-sm text-ink placeholder:text-ink-faint disabled:opacity-60 aria-invalid:border-risk';

interface Labelled {
  label: ReactNode;
  hint?: ReactNode;
  /** What is wrong with the value, in one sentence. */
  problem?: ReactNode;
}

/** A label, a control and what to know about it. The control gets the ids by which both are announced. */
export function Field({
  label,
  hint,
  problem,
  children,
  className,
}: Labelled & {
  className?: string;
  children: (aria: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode;
}) {
  const id = useId();
  const aria = {
    id,
    ...(hint || problem ? { 'aria-describedby': `${id}-note` } : {}),
    ...(problem ? { 'aria-invalid': true as const } : {}),
  };
  return (
    <div className={cn('min-w-0', className)}>
      <label htmlFor={id} className="mb-1 block text-sm font-semibold">
        {label}
      </label>
      {children(aria)}
      {problem || hint ? (
        <p id={`${id}-note`} className={cn('mt-1 text-xs', problem ? 'text-risk' : 'text-ink-soft')}>
          {problem ?? hint}
        </p>
      ) : null}
    </div>
  );
}

/** One line of text. */
export function TextField({
  label,
  hint,
  problem,
  className,
  mono,
  unit,
  ...props
}: Labelled & { mono?: boolean; unit?: string } & Omit<ComponentProps<'input'>, 'id'>) {
  return (
    <Field label={label} hint={hint} problem={problem} {...(className ? { className } : {})}>
      {(aria) => (
        <span className="relative block">
          <input {...aria} {...props} className={cn(box, 'h-10 px-3', mono && 'font-mono', unit && 'pr-16')} />
          {unit ? (
            <span className="pointer-events-none absolute inset-y-0 right-3 flex items-center text-xs text-ink-faint">
              {unit}
            </span>
          ) : null}
        </span>
      )}
    </Field>
  );
}

/** Several lines of text. */
export function TextAreaField({
  label,
  hint,
  problem,
  className,
  mono,
  ...props
}: Labelled & { mono?: boolean } & Omit<ComponentProps<'textarea'>, 'id'>) {
  return (
    <Field label={label} hint={hint} problem={problem} {...(className ? { className } : {})}>
      {(aria) => (
        <textarea rows={4} {...aria} {...props} className={cn(box, 'resize-y px-3 py-2', mono && 'font-mono')} />
      )}
    </Field>
  );
}
