import { Card } from '@oml/ui/card';
import { NeedsScript } from '#kit/needs-script.tsx';

/** What stands here until the browser can check by itself; as high as what follows. */
export function CheckComing() {
  return (
    <Card className="flex min-h-20 flex-col gap-4 p-5">
      <p className="max-w-[60ch] text-sm text-ink-soft">
        Your browser fetches the transactions, recovers the signatures and asks the contracts. This site’s database is
        not asked.
      </p>
      <NeedsScript />
    </Card>
  );
}
