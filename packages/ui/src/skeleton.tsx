import { cn } from './class-names.ts';

/** Keeps the place of something that is being fetched. */
export function Skeleton({ className = 'w-24' }: { className?: string }) {
  return (
    <span aria-hidden className={cn('inline-block h-4 animate-pulse rounded-sm bg-raised align-middle', className)} />
  );
}
