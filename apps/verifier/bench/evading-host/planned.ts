import { privateKeyToAccount } from 'viem/accounts';
import { pad, toHex, type Address } from 'viem';
import { drawsOf } from '../../src/payers/draws.ts';
import { planCalls, type Plan } from '../../src/payers/plan.ts';
import { keyRequest, shapeOf } from '../../src/programs/ordinary-requests.ts';
import type { Example } from './classifier.ts';
import type { Prompts } from './prompts.ts';
import { FAR, type HostView } from './view.ts';

/** A call with what it was, which the host does not see. */
export interface PlannedView extends Pick<Example, 'isProbe' | 'group'> {
  view: HostView;
}

const SERVED = { model: 'fable-mini', kind: 'language' } as const;
const SPREAD_MS = 1_200_000;
const AUDIT_MS = 6 * 3_600_000;
/** Names and order as the SDK sends them; a test compares them with what a host got. */
export const SDK_HEADERS = [
  'host',
  'connection',
  'content-type',
  'oml-request-nonce',
  'payment-signature',
  'accept',
  'accept-language',
  'sec-fetch-mode',
  'user-agent',
  'accept-encoding',
  'content-length',
];

/**
 * The calls of audits as a host sees them: payers, amounts, times and shapes by the very functions that the verifier
 * plans with; which calls are probes follows from their numbers, as there.
 */
export function plannedViews(prompts: readonly Prompts[], audits: number, price: bigint): PlannedView[] {
  return Array.from({ length: audits }, (_, audit) => viewsOfAudit(prompts, audit, price)).flat();
}

function viewsOfAudit(prompts: readonly Prompts[], audit: number, price: bigint): PlannedView[] {
  const book = audit % prompts.length;
  const { keys, decoys } = prompts[book]!;
  const items = Math.min(32, decoys.length, keys.length);
  const seed = `a planned audit ${audit}`;
  const plan = planCalls(seed, { calls: 2 * items, price, mostPayers: Infinity, spreadMs: SPREAD_MS });
  const begin = audit * AUDIT_MS;
  const draws = drawsOf(`${seed}/beacon`);
  const offset = draws.below(2 ** 30);
  return plan.calls.map((_, i) => {
    const isProbe = i < items;
    const texts = isProbe ? keys : decoys;
    const prompt = texts[(offset + (isProbe ? i : i - items)) % texts.length]!;
    const body = keyRequest(SERVED, { prompt, temperature: 0 }, shapeOf(seed, i));
    return { isProbe, group: `book ${book}`, view: viewOf(plan, i, { audit, begin, price, body }) };
  });
}

interface Around {
  audit: number;
  begin: number;
  price: bigint;
  body: Record<string, unknown>;
}

/** What a host sees of call `i` of a plan. */
export function viewOf(plan: Plan, i: number, { audit, begin, price, body }: Around): HostView {
  const { payer: seat, at } = plan.calls[i]!;
  const payer = plan.payers[seat]!;
  const earlier = plan.calls.filter(
    (other, j) => other.payer === seat && (other.at < at || (other.at === at && j < i)),
  );
  const received = Number(payer.amount);
  return {
    at: begin + SPREAD_MS + at,
    payer: addressOf(audit, 1_000 + seat),
    history: {
      nonce: 0,
      // A deposit puts all of it into the channel.
      balance: payer.byChannel && earlier.length > 0 ? 0 : received - earlier.length * Number(price),
      received,
      since: begin + payer.fundedAt,
      funder: addressOf(audit, payer.hop),
      siblings: plan.payers.filter(({ hop }) => hop === payer.hop).length,
      stepsToStake: FAR,
    },
    amount: Number(price),
    scheme: payer.byChannel ? 'channel' : 'exact',
    // Every call comes over a connection of its own.
    port: audit * 10_000 + i,
    headers: SDK_HEADERS,
    body,
  };
}

const addressOf = (audit: number, seat: number): Address =>
  privateKeyToAccount(pad(toHex(1n + BigInt(audit) * 10_000n + BigInt(seat)), { size: 32 })).address;
