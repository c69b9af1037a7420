import { cn } from './class-names.ts';
import { stateWords, type StateOf, type Tone } from './states.ts';

const TONES: Record<Tone, string> = {
  plain: 'bg-raised text-ink-soft',
  accent: 'bg-accent-soft text-accent',
  money: 'bg-money-soft text-money',
  risk: 'bg-risk-soft text-risk',
  slashed: 'bg-slashed-soft text-slashed',
  evidence: 'bg-evidence-soft text-evidence',
};

/** A word on its colour; never the colour alone. */
export function Badge({
  tone,
  title,
  children,
  className,
  ...props
}: {
  tone: Tone;
  title?: string;
  children: React.ReactNode;
  className?: string;
  'data-testid'?: string;
}) {
  return (
    <span
      title={title}
      className={cn(
        'inline-flex items-center gap-1.5 whitespace-nowrap rounded-full px-2 py-0.5 text-xs font-semibold',
        TONES[tone],
        className,
      )}
      {...props}
    >
      <span aria-hidden className="size-1.5 rounded-full bg-current" />
      {children}
    </span>
  );
}

/** A protocol state by its word; the hover says what happens next. */
export function StateBadge({
  of,
  state,
  ...props
}: {
  of: StateOf;
  state: string;
  className?: string;
  'data-testid'?: string;
}) {
  const { word, tone, next } = stateWords(of, state);
  return (
    <Badge tone={tone} title={next} {...props}>
      {word}
    </Badge>
  );
}
