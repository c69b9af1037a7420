import 'server-only';
import { hostsLately } from '@oml/db/market';
import { agentState, chainState, hostsState, indexState, type Readiness } from '#status/part-states.ts';
import type { PartState, ShownPart } from '#status/shown-status.ts';
import { askedLately } from './asked-lately.ts';
import { readHeads } from './chain-reader.ts';
import { readHealth } from './health.ts';
import { readIndex } from './index-reader.ts';
import { readSetup } from './public-config.ts';

const PATIENCE_MS = 3_000;
const FRESH_MS = 3_000;
const holder = globalThis as { omlPartStates?: Map<string, { state: PartState; since: Date }> };

/** Everything that this site stands on, asked now or a moment ago. */
export const readStatus = (): Promise<ShownPart[]> => askedLately('status', FRESH_MS, askAll);

async function askAll(): Promise<ShownPart[]> {
  const setup = readSetup();
  const { publisherUrl, verifierUrl } = 'config' in setup ? setup.config : {};
  const [heads, health, hosts, publisher, verifier] = await Promise.all([
    readHeads(),
    readHealth(),
    readIndex(hostsLately),
    publisherUrl ? askReady(publisherUrl) : undefined,
    verifierUrl ? askReady(verifierUrl) : undefined,
  ]);
  const headAge = heads ? (Date.now() - heads.headAt.getTime()) / 1000 : 0;
  return [
    part('Chain', 'Holds money, licenses and claims.', chainState(heads && { ...heads, headAge })),
    part('Index', 'What lists and pages are read from; it follows the chain.', indexState(health)),
    part('Hosts', 'Answer paid calls. Verifiers look at them; this site asks none.', hostsState(hosts?.data)),
    ...(publisherUrl
      ? [part('Publisher', 'Marks models and makes editions for new hosts.', agentState(publisher, NO_PUBLISHER))]
      : []),
    ...(verifierUrl
      ? [part('Verifier', 'Asks hosts in secret, and claims what is not paid.', agentState(verifier, NO_VERIFIER))]
      : []),
  ];
}

const NO_PUBLISHER = 'Publishing waits, and so do new editions; hosts that have theirs go on.';
const NO_VERIFIER = 'Its own queue is not shown; other verifiers go on, and so do claims on chain.';

const part = (name: string, what: string, found: Omit<ShownPart, 'name' | 'what' | 'since'>): ShownPart => ({
  name,
  what,
  ...found,
  since: sinceOf(name, found.state),
});

function sinceOf(name: string, state: PartState): Date {
  const states = (holder.omlPartStates ??= new Map());
  const last = states.get(name);
  if (last?.state === state) return last.since;
  const since = new Date();
  states.set(name, { state, since });
  return since;
}

/** What an agent of this operator says of itself; undefined where it is silent. */
async function askReady(url: string): Promise<Readiness> {
  try {
    const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(PATIENCE_MS), cache: 'no-store' });
    const says = (await response.json()) as { detail?: unknown };
    return { status: response.status, ...(typeof says.detail === 'string' ? { detail: says.detail } : {}) };
  } catch {
    return undefined;
  }
}
