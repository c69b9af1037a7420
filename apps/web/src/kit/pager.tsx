import { Button } from '@oml/ui/button';
import Link from 'next/link';

/** Links to the first and the next page of a list; neither where the list has one page alone. */
export function Pager({ first, next, of }: { first?: string | undefined; next?: string | undefined; of: string }) {
  if (first === undefined && next === undefined) return null;
  return (
    <nav aria-label={`Pages of ${of}`} className="mt-4 flex justify-center gap-2">
      {first === undefined ? null : (
        <Button asChild>
          <Link prefetch={false} href={first}>
            Back to the first
          </Link>
        </Button>
      )}
      {next === undefined ? null : (
        <Button asChild>
          <Link prefetch={false} href={next} data-testid="next-page">
            More {of}
          </Link>
        </Button>
      )}
    </nav>
  );
}
