import { Button } from '@oml/ui/button';
import Link from 'next/link';

/** On the page of each role: the way to be told without looking. */
export function NoticesLink() {
  return (
    <Button asChild>
      <Link href="/notices" prefetch={false} data-testid="notices-link">
        Be told by mail
      </Link>
    </Button>
  );
}
