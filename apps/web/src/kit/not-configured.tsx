import { EmptyState } from '@oml/ui/empty-state';
import { Page } from './page.tsx';

/** What every page shows until the environment names a chain, a deployment and a database. */
export function NotConfigured({ problem }: { problem: string }) {
  return (
    <Page title="Not connected yet">
      <EmptyState title={problem} data-testid="not-configured">
        RPC_URL, OML_DEPLOYMENT and DATABASE_URL are read when a page is asked for. The repository’s start command sets
        all of them.
      </EmptyState>
    </Page>
  );
}
