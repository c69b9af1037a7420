import { receiptDigest, type SignedReceipt } from '@oml/protocol/signed/receipt';
import { CALL_PATH } from '@oml/protocol/wire/model-kind';
import type { ListedModel } from '@oml/protocol/wire/host-listing';
import { isBooked } from '@oml/sdk/booking';
import { createBuyer, type Buyer } from '@oml/sdk/buyer';
import type { Chain } from '@oml/service/chain';
import { guardedFetch, guardFor } from '@oml/service/guarded-fetch';
import { plainError } from '@oml/service/plain-error';
import { sleep } from '@oml/service/wait';
import type { Hex, LocalAccount } from 'viem';
import type { Auditee } from './auditee.ts';

/** One answer that was asked for, as any buyer asks. */
export interface Bought {
  /** Text of the answer; undefined where none came that a receipt stands for. */
  completion?: string;
  receipt?: SignedReceipt;
  nonceSalt?: Hex;
  /** Why it does not count. */
  error?: { code: string; message: string };
}

export interface Shop {
  chain: Chain;
  account: LocalAccount;
  auditee: Auditee;
  listed: ListedModel;
  /** Most that one answer may cost; smallest unit. */
  maxPrice: bigint;
  signal: AbortSignal;
}

/** A host says nothing for as long as its queue is. */
const LIMITS = { timeoutMs: 120_000, maxBytes: 8 << 20 };

const BOOKED_POLL_MS = 2_000;

/** Buys one answer after the other, and keeps all that came of it. */
export function openPurchases({ chain, account, auditee, listed, maxPrice, signal }: Shop) {
  const { licenseId, modelId, vault, endpoint } = auditee;
  const { publicClient, deployment } = chain;
  const buyer: Buyer = createBuyer({
    account,
    publicClient,
    deployment,
    maxAmountPerPayment: maxPrice,
    expect: { licenseId, modelId, vault, price: listed.price },
    fetch: guardedFetch(guardFor(deployment, LIMITS)),
  });
  const bought: Bought[] = [];
  return {
    bought,

    /** Throws ABORTED; whatever else goes wrong is what was found. */
    async buy(asked: Record<string, unknown>): Promise<Bought> {
      signal.throwIfAborted();
      const body = { model: listed.model, ...asked };
      const one = await buyer.ask(`${endpoint}${CALL_PATH[listed.kind]}`, body as never, { signal }).then(
        ({ completion, signedReceipt: receipt, nonceSalt }): Bought => ({
          completion,
          receipt,
          ...(nonceSalt ? { nonceSalt } : {}),
        }),
        (error: unknown): Bought => {
          signal.throwIfAborted();
          const { code, message } = plainError(error);
          return { error: { code, message } };
        },
      );
      bought.push(one);
      return one;
    },
  };
}

/** The receipts that are booked by `until` (Unix ms), looked at again and again as long as one is not. */
export async function bookedBy(
  chain: Chain,
  receipts: readonly SignedReceipt[],
  until: number,
  signal: AbortSignal,
): Promise<Set<Hex>> {
  const { chainId, contracts } = chain.deployment;
  const court = { chainId, court: contracts.claimCourt };
  const booked = new Set<Hex>();
  for (;;) {
    for (const { receipt } of receipts) {
      const digest = receiptDigest(receipt, court);
      if (!booked.has(digest) && (await isBooked(chain, receipt))) booked.add(digest);
    }
    if (booked.size === receipts.length || Date.now() >= until || signal.aborted) return booked;
    await sleep(BOOKED_POLL_MS);
  }
}
