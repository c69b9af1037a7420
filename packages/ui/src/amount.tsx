import { cn } from './class-names.ts';
import { dollars } from './dollars.ts';

const TONES = { plain: '', money: 'text-money', risk: 'text-risk', slashed: 'text-slashed' } as const;

/** An amount in the token's smallest unit as exact dollars. */
export function Amount({
  value,
  tone = 'plain',
  className,
  ...props
}: {
  value: bigint;
  tone?: keyof typeof TONES;
  className?: string;
  'data-testid'?: string;
}) {
  return (
    <span
      className={cn('whitespace-nowrap font-mono tabular-nums', TONES[tone], className ?? 'text-[0.95em]')}
      title={`${value} smallest units`}
      {...props}
    >
      {dollars(value)}
    </span>
  );
}
