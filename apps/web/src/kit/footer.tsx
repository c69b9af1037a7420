'use client';
import { useQuery } from '@tanstack/react-query';
import { usePublicConfig } from '#wallet/providers.tsx';
import { DEV_CHAIN_ID } from './public-config.ts';
import { TextLink } from './links.tsx';
import { indexWords, isIndexTrouble, type Health } from './index-words.ts';

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
        <span data-testid="index-lag" className={isIndexTrouble(data) ? 'text-risk' : ''}>
          {indexWords(data)}
        </span>
        <TextLink href="/kept" data-testid="kept-link">
          What is kept, and how long
        </TextLink>
        <span>Not audited.</span>
      </div>
    </footer>
  );
}
