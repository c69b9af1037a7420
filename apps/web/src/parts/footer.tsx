'use client';
import { useQuery } from '@tanstack/react-query';
import { usePublicConfig } from '../wallet/providers.tsx';
import { DEV_CHAIN_ID } from '../config/public-config.ts';

interface Health {
  chain?: boolean;
  index?: boolean;
  head?: string;
  indexedBlock?: string;
  lag?: number;
}

const LAG_WORTH_SAYING = 5;

/** Which chain, how far the index is behind it, and what nobody has checked. */
export function Footer() {
  const { chainId } = usePublicConfig();
  const { data } = useQuery({
    queryKey: ['health'],
    refetchInterval: 4000,
    queryFn: async ({ signal }): Promise<Health> => (await fetch('/api/health', { signal })).json() as Promise<Health>,
  });
  return (
    <footer className="mt-16 border-t border-line">
      <div className="mx-auto flex max-w-6xl flex-wrap gap-x-6 gap-y-1 px-4 py-4 text-xs text-ink-soft">
        <span>
          {chainId === DEV_CHAIN_ID ? 'Development chain' : 'Chain'} {chainId}
          {data?.head ? `, block ${data.head}` : ''}
        </span>
        <span data-testid="index-lag" className={isBehind(data) ? 'text-risk' : ''}>
          {indexWords(data)}
        </span>
        <span>Not audited.</span>
      </div>
    </footer>
  );
}

const isBehind = (health: Health | undefined): boolean =>
  health !== undefined && (!health.index || !health.chain || (health.lag ?? 0) > LAG_WORTH_SAYING);

function indexWords(health: Health | undefined): string {
  if (!health) return 'Index: asking';
  if (!health.chain) return 'The chain does not answer.';
  if (!health.index) return 'The index does not answer.';
  const lag = health.lag ?? 0;
  return lag > LAG_WORTH_SAYING ? `Index ${lag} blocks behind the chain` : 'Index up to date';
}
