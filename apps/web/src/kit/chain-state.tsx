'use client';
import { usePublicConfig } from './config-context.tsx';
import { indexWords, isIndexTrouble } from './index-words.ts';
import { DEV_CHAIN_ID } from './public-config.ts';
import { useHealth } from './use-health.ts';

/** Which chain, and how far the index is behind it. */
export function ChainState() {
  const { chainId } = usePublicConfig();
  const health = useHealth();
  return (
    <>
      <span>
        {chainId === DEV_CHAIN_ID ? 'Development chain' : 'Chain'} {chainId}
        {health?.head ? `, block ${health.head}` : ''}
      </span>
      <span data-testid="index-lag" className={isIndexTrouble(health) ? 'text-risk' : ''}>
        {indexWords(health)}
      </span>
    </>
  );
}
