import { isOmlError, OmlError } from '@oml/protocol/error';
import type { BudgetState } from '../budget/budget.ts';
import { createBuyer, type BuyerOptions, type Redeemed } from '../buyer.ts';
import { keepCalls, type Calls } from '../calls.ts';
import type { ChannelOptions } from '../channel/options.ts';
import type { PayingAccount } from '../paying-account.ts';
import type { Payment } from '../payment.ts';
import { memoryTexts } from '../texts.ts';
import { createLanes, untilRead } from './lanes.ts';
import type { Offer } from './offer.ts';

export interface MarketOptions extends Omit<BuyerOptions<Payment>, 'expect'> {
  /** What can be bought just now. */
  offers(): Promise<readonly Offer[]>;
  /** Pays out of channels; one answers one call at a time, so each key is one more call at once per host. */
  channels?: Omit<ChannelOptions, 'sessionKey'> & { sessionKeys: readonly PayingAccount[] };
  /** Told of each host that was passed over, and why. */
  onPassed?(offer: Offer, why: unknown): void;
}

export interface MarketCall {
  /** Below a host's base URL, such as /v1/completions. */
  path: string;
  /** Its `model` says what is bought: a name, or the number of a model. */
  body: Record<string, unknown>;
  signal?: AbortSignal;
}

export interface Market {
  /** The offers for a model, the best in front. Throws NOT_FOUND, and CONFLICT where a name means two models. */
  choose(model: string): Promise<Offer[]>;
  /**
   * Buys an answer where it costs least, and elsewhere where that host does not answer; once a payment is out, no
   * second one follows. Streams pass through; their receipts are checked before their end. Throws what the last host
   * was passed over for, and BUDGET_SPENT.
   */
  send(call: MarketCall): Promise<{ response: Response; offer: Offer }>;
  /** Asks for what was paid for and lost. */
  redeem(): Promise<Redeemed>;
  budget(): Promise<BudgetState | undefined>;
}

/** A host that failed is tried last for so long. */
const SHUNNED_MS = 60_000;
/** Refusals after which another host may do better, if nothing was paid. */
const ELSEWHERE = [404, 408, 429, 500, 502, 503, 504];
/** Here the buyer is at its end, not the host. */
const FINAL = ['BUDGET_SPENT', 'REQUEST_INVALID', 'REQUEST_TOO_LARGE', 'RECEIPT_MISSING', 'RECEIPT_INVALID'];

/** Buys models by name from whoever serves them: by standing first, then price, then distance. */
export function createMarket(options: MarketOptions): Market {
  const { offers, channels, onPassed, calls = keepCalls(memoryTexts()), ...buying } = options;
  const lanes = createLanes(channels?.sessionKeys ?? []);
  const failedAt = new Map<string, number>();
  const isShunned = ({ baseUrl }: Offer): boolean => Date.now() - (failedAt.get(baseUrl) ?? 0) < SHUNNED_MS;

  async function choose(model: string): Promise<Offer[]> {
    const found = (await offers()).filter((offer) => offer.model === model || String(offer.modelId) === model);
    const ids = [...new Set(found.map(({ modelId }) => String(modelId)))];
    if (ids.length === 0) throw new OmlError('NOT_FOUND', `No host serves "${model.slice(0, 80)}" just now.`);
    if (ids.length > 1)
      throw new OmlError('CONFLICT', `Models ${ids.join(' and ')} are both called so: name the one by its number.`);
    return found.toSorted(
      (a, b) => Number(isShunned(a)) - Number(isShunned(b)) || Number(a.price - b.price) || a.latencyMs - b.latencyMs,
    );
  }

  /** One try at one host. */
  async function sendTo(offer: Offer, { path, body, signal }: MarketCall, calls: Calls): Promise<Response> {
    const { baseUrl, licenseId, modelId, vault, price, model } = offer;
    const lane = lanes.take(vault);
    const buyer = createBuyer({
      ...buying,
      calls,
      ...(lane && channels ? { channel: { ...channels, sessionKey: lane.key } } : {}),
      expect: { licenseId, modelId, vault, price, model },
    } as BuyerOptions);
    const init = {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify({ ...body, model }),
      signal: signal ?? null,
    };
    try {
      const response = await buyer.fetch(`${baseUrl}${path}`, init);
      return lane ? untilRead(response, lane.end) : response;
    } catch (error) {
      lane?.end();
      throw error;
    }
  }

  return {
    choose,
    async send(call) {
      const candidates = await choose(String(call.body['model']));
      const last = candidates.at(-1);
      const watched = watchPayments(calls);
      for (const offer of candidates) {
        try {
          const response = await sendTo(offer, call, watched.calls);
          const isOver = response.ok || offer === last || !ELSEWHERE.includes(response.status);
          if (isOver || watched.isPaid()) return { response, offer };
          await response.body?.cancel();
          onPassed?.(offer, new OmlError('UNAVAILABLE', `${offer.baseUrl} answered ${response.status}.`));
        } catch (error) {
          if (offer === last || watched.isPaid() || !mayGoOn(error, call.signal)) throw error;
          onPassed?.(offer, error);
        }
        failedAt.set(offer.baseUrl, Date.now());
      }
      throw new OmlError('UNAVAILABLE', 'No host answered.', { retryable: true });
    },
    redeem: () => createBuyer({ ...buying, calls } as BuyerOptions).redeem(),
    budget: () => createBuyer(buying as BuyerOptions).budget(),
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** The same calls, for one question: has a payment of its own gone out for it, whatever a host says of that since? */
function watchPayments(calls: Calls): { calls: Calls; isPaid(): boolean } {
  let isPaid = false;
  const watched: Calls = {
    open(call) {
      isPaid = true;
      return calls.open(call);
    },
    async retake(url, text) {
      const call = await calls.retake(url, text);
      isPaid ||= call !== undefined;
      return call;
    },
    close: (header) => calls.close(header),
    lose: (header) => calls.lose(header),
    lost: () => calls.lost(),
  };
  return { calls: watched, isPaid: () => isPaid };
}

/** Nothing was paid, and the fault may be the host's. */
const mayGoOn = (error: unknown, signal: AbortSignal | undefined): boolean =>
  !signal?.aborted && (!isOmlError(error) || (error.details['header'] === undefined && !FINAL.includes(error.code)));
