import { cn } from '@oml/ui/class-names';

/** How sure a classifier is of each class. */
export function Probabilities({ values, labels }: { values: readonly number[]; labels?: readonly string[] }) {
  const best = values.indexOf(Math.max(...values));
  return (
    <ol
      className="grid grid-cols-[auto_minmax(0,1fr)_auto] gap-x-2 gap-y-0.5 text-xs tabular-nums"
      aria-label="Probability of each class"
    >
      {values.map((value, i) => (
        <li key={i} className={cn('contents', i === best ? 'font-semibold text-ink' : 'text-ink-soft')}>
          <span>{labels?.[i] ?? i}</span>
          <span aria-hidden className="my-auto h-1.5 rounded-full bg-raised">
            <span
              className={cn('block h-full rounded-full', i === best ? 'bg-accent' : 'bg-line-strong')}
              style={{ width: `${value * 100}%` }}
            />
          </span>
          <span>{(value * 100).toFixed(1)} %</span>
        </li>
      ))}
    </ol>
  );
}
