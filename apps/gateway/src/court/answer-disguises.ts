import { blamesAbi, claimCourtAbi } from '@oml/contracts/abis';
import { CLAIM_STATE, CLAIM_STATES } from '@oml/protocol/chain/claim-state';
import { formatDollars } from '@oml/protocol/money';
import { advanceBlame, filedBlame } from '@oml/service/blames';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { Address, Hex } from 'viem';
import type { GasAccount } from '../payment/gas-account.ts';
import type { Purse } from '../vault/shortfall.ts';
import { makeCase, type Looking, type NoCase } from './blame-case.ts';
import { endDisguise, openDisguises, type Disguise } from './disguises.ts';
import { depositOf, fileBlame } from './file-blame.ts';
import { forgetShown } from './show-blame.ts';
import { watchDisguises } from './watch-disguises.ts';

const MOST_PAUSE_MS = 60_000;

export interface Answering extends Looking {
  /** With the signer's key, which files. */
  chain: Chain;
  /** Ends what is decided, as anybody may. */
  gas: GasAccount;
  account: Address;
  publicUrl: string;
  /** The highest deposit that is put up without asking; 0: none. */
  depositLimit: bigint;
  purse: Purse;
  logger: Logger;
}

/**
 * What a host does about claims of disguised use, as often as it is called: notes those that are proven, looks whether
 * the editions bear a blame out, files it where its limit allows, and sees it to its end.
 */
export function createAnswerDisguises(answering: Answering): () => Promise<void> {
  const { store, logger } = answering;
  const say = createSayOnce(logger);
  const isDue = createPace();
  return async () => {
    for (const { claimId, batch, answerBy, digests } of await watchDisguises(answering)) {
      const facts = { modelId: String(batch.modelId), hits: digests.length, answerBy };
      say(claimId, facts, 'a claim of disguised use is proven against us; only a blame answers it');
    }
    for (const disguise of await openDisguises(store))
      if (isDue(disguise))
        await answer(answering, disguise, say).catch((err: unknown) =>
          logger.error({ err, claimId: disguise.claimId }, 'a claim of disguised use waits; it is tried again'),
        );
  };
}

/** What stood in the way may have gone: it is looked at again, the oftener the less time is left. */
function createPace(): (disguise: Disguise) => boolean {
  const due = new Map<Hex, number>();
  return ({ claimId, answerBy }) => {
    const now = Date.now();
    if (now < (due.get(claimId) ?? 0)) return false;
    const left = answerBy * 1_000 - now;
    due.set(claimId, now + Math.min(MOST_PAUSE_MS, left > 0 ? left / 10 : MOST_PAUSE_MS / 10));
    return true;
  };
}

type Say = (claimId: Hex, facts: Record<string, unknown>, words: string) => void;

/** What is found again in every round is said when it changes. */
function createSayOnce(logger: Logger): Say {
  const said = new Map<Hex, string>();
  return (claimId, facts, words) => {
    const text = JSON.stringify([facts, words]);
    if (said.get(claimId) === text) return;
    said.set(claimId, text);
    logger.error({ claimId, ...facts }, words);
  };
}

async function answer(answering: Answering, disguise: Disguise, say: Say): Promise<void> {
  const { chain, gas, logger } = answering;
  const { claimId, answerBy } = disguise;
  const { publicClient, deployment } = chain;
  const court = { address: deployment.contracts.claimCourt, abi: claimCourtAbi } as const;
  const { state } = await publicClient.readContract({ ...court, functionName: 'claim', args: [claimId] });
  // The chain dropped the block of the claim, which may come again.
  if (state === CLAIM_STATE.NONE || state === CLAIM_STATE.PROVING) return;
  if (state === CLAIM_STATE.BLAMED) {
    const tx = await advanceBlame({ ...chain, ...gas }, disguise);
    if (tx) logger.warn({ claimId, tx }, 'our blame went one step towards its end');
    return;
  }
  if (state !== CLAIM_STATE.CONTESTED) return end(answering, disguise, state);
  const { timestamp } = await publicClient.getBlock();
  if (timestamp > BigInt(answerBy)) return say(claimId, {}, 'the time to blame is over; the claim ends in a slash');
  await consider(answering, disguise, say);
}

async function consider(answering: Answering, disguise: Disguise, say: Say): Promise<void> {
  const { chain, depositLimit, publicUrl, logger } = answering;
  const { claimId } = disguise;
  const made = await makeCase(answering, disguise);
  if ('why' in made) {
    const { look, why } = made;
    await payUnbooked(answering, made);
    return say(claimId, { ...look }, `no blame is filed: ${why}`);
  }
  const deposit = await depositOf(chain);
  const facts = { ...made.look, deposit: formatDollars(deposit) };
  if (deposit > depositLimit)
    return say(
      claimId,
      facts,
      'the editions bear a blame out, and BLAME_DEPOSIT_LIMIT is below its deposit: ' +
        `npm run blame -w @oml/gateway -- --claim ${claimId} --most ${deposit}`,
    );
  const { blameId } = await fileBlame({ chain, publicUrl, most: depositLimit }, disguise, made.receipts);
  logger.warn({ claimId, blameId: String(blameId), ...facts }, 'blamed the editions that we were delivered');
}

/** Rounds book what can be booked; what is left after them is paid, within the limit for that. */
async function payUnbooked({ purse }: Answering, { unbooked = [] }: NoCase): Promise<void> {
  for (const { vault, receipt } of unbooked) {
    const { paymentRef, client, cumulative } = receipt;
    await purse.pay({ vault, paymentRef, client, total: cumulative });
  }
}

/** What the committee did not earn of an upheld blame's deposit is fetched. */
async function end(answering: Answering, disguise: Disguise, state: number): Promise<void> {
  const { chain, gas, store, logger } = answering;
  const { claimId } = disguise;
  const filed = await filedBlame(chain, claimId);
  if (filed) {
    const blames = { address: chain.deployment.contracts.blames, abi: blamesAbi, args: [filed.payer] } as const;
    const owed = await chain.publicClient.readContract({ ...blames, functionName: 'owed' });
    if (owed > 0n) await gas.send({ ...blames, functionName: 'withdraw' });
  }
  forgetShown(answering, claimId);
  await endDisguise(store, claimId);
  logger.warn({ claimId, ended: CLAIM_STATES[state] }, 'a claim of disguised use against us is over');
}
