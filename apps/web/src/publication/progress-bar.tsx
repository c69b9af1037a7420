/** The share of one part of a longer work that is done, 0 to 1. */
export function ProgressBar({ share, part = '' }: { share: number; part?: string }) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <span className="mt-2 flex items-center gap-3 text-xs">
      <span
        role="progressbar"
        aria-label={part || 'Progress'}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
        className="h-1.5 w-48 max-w-full overflow-hidden rounded-full bg-raised"
      >
        <span className="block h-full bg-accent transition-[width]" style={{ width: `${percent}%` }} />
      </span>
      <span className="tabular-nums">
        {percent} % {part}
      </span>
    </span>
  );
}
