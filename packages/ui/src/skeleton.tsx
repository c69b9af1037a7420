import { cn } from './class-names.ts';

/** Keeps the place of something that is being fetched. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden
      className={cn('inline-block h-4 w-24 animate-pulse rounded-sm bg-raised align-middle', className)}
    />
  );
}
