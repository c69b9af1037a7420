import type { ReactNode } from 'react';
import { Card } from './card.tsx';

/** Says that there is nothing yet, why, and what to do. */
export function EmptyState({
  title,
  children,
  action,
  ...props
}: {
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  'data-testid'?: string;
}) {
  return (
    <Card className="flex flex-col items-start gap-2 border-dashed px-5 py-6" {...props}>
      <p className="text-sm font-semibold">{title}</p>
      {children ? <div className="max-w-[64ch] text-sm text-ink-soft">{children}</div> : null}
      {action}
    </Card>
  );
}

const NOTES = {
  plain: 'border-line bg-raised',
  risk: 'border-risk/40 bg-risk-soft',
  slashed: 'border-slashed/40 bg-slashed-soft',
  money: 'border-money/40 bg-money-soft',
  evidence: 'border-evidence/40 bg-evidence-soft',
  accent: 'border-accent/40 bg-accent-soft',
} as const;

/** A sentence that stands out: a limit, a refusal, a result. */
export function Note({
  tone = 'plain',
  children,
  role,
  ...props
}: {
  tone?: keyof typeof NOTES;
  children: ReactNode;
  role?: 'alert' | 'status';
  'data-testid'?: string;
}) {
  return (
    <div
      role={role}
      className={`min-w-0 break-words rounded-md border px-4 py-3 text-sm text-ink ${NOTES[tone]}`}
      {...props}
    >
      {children}
    </div>
  );
}
