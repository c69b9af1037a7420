import { indexWords, isIndexTrouble, type Health } from '#kit/index-words.ts';
import type { ShownPart } from './shown-status.ts';

type Found = Pick<ShownPart, 'state' | 'sentence' | 'next'>;

/** How the chain stands, by what the site's own nodes say; `headAge` in seconds. */
export function chainState(heads: { head: bigint; finalized: bigint; headAge: number } | undefined): Found {
  if (!heads)
    return {
      state: 'down',
      sentence: 'None of the nodes that this site asks answers.',
      next: 'Wallets may have nodes of their own; the operator of this site names another in RPC_URL.',
    };
  const { head, finalized, headAge } = heads;
  return {
    state: 'up',
    sentence: `Block ${head}, made ${Math.max(0, Math.round(headAge))} seconds ago; final up to block ${finalized}.`,
  };
}

/** How the index stands behind the chain. */
export function indexState(health: Health): Found {
  const sentence = indexWords({ ...health, chain: true });
  if (!health.index)
    return { state: 'down', sentence, next: 'Lists and pages cannot be shown; nothing on chain is affected.' };
  const read = `Read up to block ${health.indexedBlock}. `;
  if (!health.chain) return { state: 'unknown', sentence: `${read}How far the chain is, nobody says.` };
  if (!isIndexTrouble(health)) return { state: 'up', sentence: read + sentence };
  return {
    state: 'behind',
    sentence: read + sentence,
    next: 'Pages show what was so then; the indexer goes on by itself.',
  };
}

/** What an agent says under /ready. */
export type Readiness = { status: number; detail?: string } | undefined;

/** How an agent stands that this site names. */
export function agentState(ready: Readiness, without: string): Found {
  if (!ready) return { state: 'down', sentence: 'It does not answer.', next: without };
  if (ready.status === 200) return { state: 'up', sentence: 'It answers, and takes work.' };
  const why = ready.detail ? `: ${ready.detail}` : '.';
  return { state: 'behind', sentence: `It answers, and takes no work${why}`, next: without };
}

/** What verifiers measured of all hosts together. */
export interface HostsLooked {
  licenses: number;
  looked: number;
  answering: number;
}

/** How the hosts stand; nobody looks but verifiers. */
export function hostsState(hosts: HostsLooked | undefined): Found {
  if (!hosts) return { state: 'unknown', sentence: 'The index, which holds what verifiers saw, does not answer.' };
  const { licenses, looked, answering } = hosts;
  if (licenses === 0) return { state: 'unknown', sentence: 'No license is in force: nobody serves yet.' };
  const served = `${licenses} ${licenses === 1 ? 'license is' : 'licenses are'} in force`;
  if (looked === 0) return { state: 'unknown', sentence: `${served}; no verifier has told yet how they answer.` };
  return {
    state: answering > 0 ? 'up' : 'down',
    sentence: `${served}; verifiers looked at ${looked} of them lately, and ${answering} answered.`,
    ...(answering > 0
      ? {}
      : { next: 'What was paid and not answered is refunded by the vault or contested on chain.' }),
  };
}
