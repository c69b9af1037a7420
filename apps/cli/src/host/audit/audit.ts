import { parametersAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import { anchorTree } from '@oml/protocol/evidence/anchor';
import { formatDollars } from '@oml/protocol/money';
import { receiptDigest, type SignedReceipt } from '@oml/protocol/signed/receipt';
import type { ListedModel } from '@oml/protocol/wire/host-listing';
import { receiptToJson } from '@oml/protocol/wire/receipt-json';
import { readHost } from '@oml/sdk/host-listing';
import { readQuote } from '@oml/sdk/quote';
import type { Chain } from '@oml/service/chain';
import { guardedFetch, guardFor } from '@oml/service/guarded-fetch';
import type { Hex, LocalAccount } from 'viem';
import { readAuditee, type Auditee } from './auditee.ts';
import {
  bookedFinding,
  licenseFinding,
  listingFinding,
  priceFinding,
  signedFinding,
  type Finding,
} from './findings.ts';
import { askKeys } from './keys.ts';
import { bookedBy, openPurchases, type Bought } from './purchases.ts';

export interface AuditOrder {
  licenseId: bigint;
  /** Bodies of what is bought, without the model's name; undefined: a few ordinary openings, of language models. */
  asks: Record<string, unknown>[] | undefined;
  calls: number;
  maxPrice: bigint;
  waitSeconds: number;
  /** An owner's release, of whose keys so many are asked. */
  release?: { folder: string; keys: number } | undefined;
}

/** What was seen of an endpoint. Its receipts are those that `oml evidence check` takes. */
export interface HostAudit {
  licenseId: bigint;
  modelId: bigint;
  account: string;
  endpoint: string;
  /** Name under which the model is served; null where it is not. */
  model: string | null;
  checks: Finding[];
  /** Of what was bought, or with --dry-run the most that it would cost; smallest unit. */
  cost: bigint;
  receipts: { receipt: unknown; nonceSalt?: Hex }[];
  /** What `oml claim anchor` takes, so that they can be claimed on; null without receipts. */
  anchorRoot: Hex | null;
  /** Commands that follow from it. */
  next: string[];
}

const LIMITS = { timeoutMs: 10_000, maxBytes: 256 << 10 };
const OPENINGS = [
  'Once upon a time',
  'One morning the miller',
  'Long ago a king',
  'Every evening the fox',
  'After the winter the bear',
  'The girl looked at the',
  'The old man said',
  'In the forest there was',
];
const TOKENS = 24;

/** What can be seen for nothing. */
async function lookAt(
  chain: Chain,
  auditee: Auditee,
  send: typeof fetch,
  sample: Record<string, unknown> | undefined,
): Promise<{ listed?: ListedModel; checks: Finding[] }> {
  const { endpoint, licenseId } = auditee;
  const listing = await readHost(endpoint, send).catch(() => undefined);
  const listed = listing?.models.find((each) => each.licenseId === licenseId);
  const checks = [
    licenseFinding(auditee),
    listing
      ? listingFinding(auditee, listing.account, listed)
      : ({ check: 'listing', holds: false, says: `nothing that lists models answers at ${endpoint}` } as const),
  ];
  if (!listed) return { checks };
  const body = { model: listed.model, ...(sample ?? openingAt(0)) };
  const quote = await readQuote(endpoint, body as never, send).catch(() => undefined);
  const { token } = chain.deployment.contracts;
  return { listed, checks: [...checks, priceFinding(auditee, listed, quote, token)] };
}

const openingAt = (i: number): Record<string, unknown> => ({
  prompt: OPENINGS[i % OPENINGS.length],
  max_tokens: TOKENS,
});

/** Looks at an endpoint without paying, and says what an audit would cost at most. Throws what `readAuditee` does. */
export async function rehearseAudit(chain: Chain, order: AuditOrder): Promise<HostAudit> {
  const { auditee, listed, checks } = await begin(chain, order);
  const count = order.calls + (order.release?.keys ?? 0);
  const cost = listed ? listed.price * BigInt(count) : 0n;
  return reportOf(chain, auditee, { listed, checks, cost, bought: [] });
}

/** Audits an endpoint as a buyer whom it does not know. Throws what `readAuditee` does, ABORTED. */
export async function auditHost(
  chain: Chain,
  account: LocalAccount,
  order: AuditOrder,
  signal: AbortSignal,
): Promise<HostAudit> {
  const { auditee, listed, checks } = await begin(chain, order);
  if (!listed) return reportOf(chain, auditee, { listed, checks, cost: 0n, bought: [] });
  const { asks, calls, maxPrice, release, waitSeconds } = order;
  if (asks === undefined && listed.kind !== 'language')
    throw new OmlError('REQUEST_INVALID', `${listed.model} is no language model: say what to ask with --asks FILE.`);
  if (listed.price > maxPrice)
    throw new OmlError(
      'PAYMENT_REQUIRED',
      `An answer costs $${formatDollars(listed.price)}, and you pay $${formatDollars(maxPrice)} at most: --max-price.`,
    );
  const { buy, bought } = openPurchases({ chain, account, auditee, listed, maxPrice, signal });
  for (let i = 0; i < calls; i++) await buy(asks?.[i % asks.length] ?? openingAt(i));
  const keys = release && (await askKeys(release.folder, release.keys, auditee, buy, signal));
  const receipts = bought.flatMap(({ receipt }) => receipt ?? []);
  const booked = await bookedBy(chain, receipts, Date.now() + waitSeconds * 1_000, signal);
  const time = { waited: waitSeconds, hostHas: await timeToBook(chain) };
  const cost = receipts.reduce((sum, { receipt }) => sum + receipt.amount, 0n);
  const found = [signedFinding(bought), bookedFinding(receipts.length, booked.size, time), ...(keys ? [keys] : [])];
  return reportOf(chain, auditee, { listed, checks: [...checks, ...found], cost, bought });
}

async function begin(chain: Chain, { licenseId, asks }: AuditOrder) {
  const auditee = await readAuditee(chain, licenseId);
  const send = guardedFetch(guardFor(chain.deployment, LIMITS));
  return { auditee, ...(await lookAt(chain, auditee, send, asks?.[0])) };
}

async function timeToBook({ publicClient, deployment }: Chain): Promise<number> {
  const parameters = { address: deployment.contracts.parameters, abi: parametersAbi } as const;
  return (await publicClient.readContract({ ...parameters, functionName: 'values' })).rules.claimMinAge;
}

interface Found {
  listed?: ListedModel | undefined;
  checks: Finding[];
  cost: bigint;
  bought: readonly Bought[];
}

function reportOf({ deployment }: Chain, auditee: Auditee, { listed, checks, cost, bought }: Found): HostAudit {
  const { licenseId, modelId, account, endpoint } = auditee;
  const court = { chainId: deployment.chainId, court: deployment.contracts.claimCourt };
  const signed = bought.flatMap(({ receipt, nonceSalt }) => (receipt ? [{ receipt, nonceSalt }] : []));
  const digests = signed.map(({ receipt }) => receiptDigest(receipt.receipt, court));
  const anchorRoot = digests.length > 0 ? (anchorTree(digests).root as Hex) : null;
  const receipts = signed.map(({ receipt, nonceSalt }) => kept(receipt, nonceSalt));
  const model = listed?.model ?? null;
  const report = { licenseId, modelId, account, endpoint, model, checks, cost, receipts, anchorRoot };
  return { ...report, next: nextOf(report) };
}

const kept = (receipt: SignedReceipt, nonceSalt: Hex | undefined) => ({
  receipt: receiptToJson(receipt),
  ...(nonceSalt ? { nonceSalt } : {}),
});

/** What whoever saw this can do about it. */
function nextOf({ checks, endpoint, modelId, model, anchorRoot }: Omit<HostAudit, 'next'>): string[] {
  const is = (check: Finding['check']) => checks.find((each) => each.check === check)?.holds;
  const name = model === null ? '' : ` --model ${model}`;
  return [
    ...(is('signed') === false
      ? [`oml report file --endpoint ${endpoint} --model-id ${modelId}${name}: it serves without signing`]
      : []),
    ...(anchorRoot && is('booked') !== true
      ? [
          `oml claim anchor ${anchorRoot}: within an hour of the answers, so that what stays unbooked can be claimed ` +
            '(oml claim commit, then reveal-unpaid); keep this report, its salts open the receipts',
        ]
      : []),
    ...(is('model') === false ? ['a staked verifier’s audit of kind disguise, which may claim it'] : []),
  ];
}
