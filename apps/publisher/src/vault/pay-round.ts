import { licenseRegistryAbi, modelRegistryAbi } from '@oml/contracts/abis';
import { Runs } from '@oml/program/runs';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import { isAddressEqual } from 'viem';
import { edition, type AcceptedLicense } from '../programs/edition.ts';
import type { PublisherStore } from '../store.ts';
import { payOut } from './pay-out.ts';

export interface PayRound {
  chain: Chain;
  store: PublisherStore;
  logger: Logger;
  /** The least that is worth a transaction, in the token's smallest unit; at least 1. */
  least: bigint;
}

/** Asked of the store at once. */
const MOST = 10_000;

/**
 * Pays owners (or the payees they named), ancestors, and the model's inspection pool with the protocol's fee out of the
 * vaults of every license on a model whose agent this
 * publisher still is. What fails in one vault is logged, hinders no other, and is tried again in the next round.
 */
export async function payRound({ chain, store, logger, least }: PayRound): Promise<void> {
  // What was sent before a crash has to be seen before it is looked for.
  await chain.settled();
  const runs = await new Runs(store).list([edition], { limit: MOST });
  const licenses = Map.groupBy(
    runs.toReversed().flatMap(({ subject }) => (subject.release === undefined ? [subject] : [])),
    ({ modelId }) => modelId,
  );
  for (const [modelId, ours] of licenses) {
    if (!(await isAgentOf(chain, modelId))) continue;
    for (const license of ours) await payLicense({ chain, logger, least }, license);
  }
}

async function payLicense(
  { chain, logger, least }: Omit<PayRound, 'store'>,
  { licenseId, modelId }: AcceptedLicense,
): Promise<void> {
  const where = { licenseId: String(licenseId), modelId: String(modelId) };
  try {
    const address = await chain.publicClient.readContract({
      address: chain.deployment.contracts.licenseRegistry,
      abi: licenseRegistryAbi,
      functionName: 'vaultOf',
      args: [licenseId],
    });
    const payouts = await payOut(
      { chain, least, buckets: ['owner', 'ancestors', 'protocol'] },
      { licenseId, modelId, address },
    );
    for (const { functionName, amount, ...end } of payouts) {
      const what = { ...where, vault: address, functionName, amount: String(amount) };
      if ('tx' in end) logger.info({ ...what, tx: end.tx }, 'paid out');
      else logger.warn({ ...what, err: end.error }, 'paying out failed; it is tried again');
    }
  } catch (error) {
    logger.warn({ ...where, err: error }, 'a vault could not be read; it is tried again');
  }
}

/** A sale of the model clears its agent: its money is then the new owner's publisher's business. */
async function isAgentOf({ publicClient, deployment, account }: Chain, modelId: bigint): Promise<boolean> {
  const { agent } = await publicClient.readContract({
    address: deployment.contracts.modelRegistry,
    abi: modelRegistryAbi,
    functionName: 'model',
    args: [modelId],
  });
  return isAddressEqual(agent, account!.address);
}
