import { parametersAbi } from '@oml/contracts/abis';
import type { Receipt } from '@oml/protocol/signed/receipt';
import { unsignedFromJson } from '@oml/protocol/wire/receipt-json';
import type { Chain } from '@oml/service/chain';
import { decrypt } from '@oml/service/envelope';
import type { Hex } from 'viem';
import type { GatewayStore } from '../store.ts';
import type { AnswerShelf } from './kept-answers.ts';

// What was asked, encrypted, so that a host that is claimed for its edition can show it (protocol §5, Blame).

/** An answer of ours by the digest of its receipt. */
export interface KeptBody {
  receipt: Receipt;
  /** The text behind the receipt's `queryHash`; undefined once it is forgotten. */
  body: string | undefined;
}

export async function findBody({ store, key }: AnswerShelf, digest: Hex): Promise<KeptBody | undefined> {
  const row = await store.db
    .selectFrom('answer')
    .select(['receipt', 'asked'])
    .where('digest', '=', digest)
    .executeTakeFirst();
  return (
    row && {
      receipt: unsignedFromJson(JSON.parse(row.receipt)),
      body: row.asked ? decrypt(key, row.asked, digest).toString('utf8') : undefined,
    }
  );
}

/**
 * How long a body may be needed, in seconds: a claim may count its receipt up to `claimMaxAge`, then be proven, then be
 * answered by a blame. What an open claim counted is kept beyond that.
 */
export async function bodiesNeededFor({
  publicClient,
  deployment,
}: Pick<Chain, 'publicClient' | 'deployment'>): Promise<number> {
  const { claimMaxAge, proveWindow, answerWindow } = await publicClient.readContract({
    address: deployment.contracts.parameters,
    abi: parametersAbi,
    functionName: 'rules',
  });
  return claimMaxAge + proveWindow + answerWindow;
}

/** Forgets what was asked so many seconds ago, but for what a claim counts that is not over. */
export async function purgeBodies({ db }: Pick<GatewayStore, 'db'>, neededFor: number): Promise<void> {
  await db
    .updateTable('answer')
    .set({ asked: null })
    .where('asked', 'is not', null)
    .where('created_at', '<', Math.floor(Date.now() / 1000) - neededFor)
    .where(({ eb, selectFrom }) =>
      eb(
        'digest',
        'not in',
        selectFrom('hit')
          .innerJoin('disguise', 'disguise.claim_id', 'hit.claim_id')
          .select('hit.digest')
          .where('disguise.ended_at', 'is', null),
      ),
    )
    .execute();
}
