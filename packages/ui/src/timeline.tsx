import type { ReactNode } from 'react';
import { cn } from './class-names.ts';
import type { Tone } from './states.ts';

const DOTS: Record<Tone, string> = {
  plain: 'bg-line-strong',
  accent: 'bg-accent',
  money: 'bg-money',
  risk: 'bg-risk',
  slashed: 'bg-slashed',
  evidence: 'bg-evidence',
};

export interface TimelineStep {
  key: string;
  title: ReactNode;
  /** When, who, which transaction. */
  meta?: ReactNode;
  body?: ReactNode;
  tone: Tone;
  /** Not happened yet: drawn hollow. */
  ahead?: boolean;
}

/** What happened, oldest first, and what is still ahead. */
export function Timeline({ steps, ...props }: { steps: readonly TimelineStep[]; 'data-testid'?: string }) {
  return (
    <ol className="relative" {...props}>
      {steps.map((step, i) => (
        <li key={step.key} className="relative grid grid-cols-[1rem_minmax(0,1fr)] gap-x-3 pb-5 last:pb-0">
          {i < steps.length - 1 ? (
            <span aria-hidden className="absolute bottom-0 left-[7.5px] top-4 w-px bg-line-strong" />
          ) : null}
          <span
            aria-hidden
            className={cn(
              'mt-1.5 size-2.5 justify-self-center rounded-full',
              step.ahead ? 'border border-line-strong bg-surface' : DOTS[step.tone],
            )}
          />
          <div className="min-w-0 text-sm">
            <div className="flex flex-wrap items-baseline justify-between gap-x-4">
              <span className={step.ahead ? 'text-ink-soft' : 'font-semibold'}>{step.title}</span>
              {step.meta ? (
                <span className="flex flex-wrap items-center gap-x-2 text-xs text-ink-soft">{step.meta}</span>
              ) : null}
            </div>
            {step.body ? <div className="mt-1 text-ink-soft">{step.body}</div> : null}
          </div>
        </li>
      ))}
    </ol>
  );
}
