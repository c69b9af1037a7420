import { Card } from './card.tsx';
import { cn } from './class-names.ts';
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';

/** One numbered step of a task; done steps stay readable. */
export function Step({
  number,
  title,
  done,
  children,
}: {
  number: number;
  title: string;
  done: boolean;
  children: ReactNode;
}) {
  return (
    <li>
      <Card className="grid grid-cols-[1.75rem_minmax(0,1fr)] gap-x-3 p-5">
        <span
          className={cn(
            'flex size-6 items-center justify-center rounded-full border text-xs font-semibold',
            done ? 'border-transparent bg-accent-soft text-accent' : 'border-line-strong text-ink-soft',
          )}
        >
          {done ? <Check aria-label="Done" className="size-3.5" /> : number}
        </span>
        <div className="min-w-0">
          <h3 className="mb-2 text-base font-semibold">{title}</h3>
          {children}
        </div>
      </Card>
    </li>
  );
}
