import { blamesAbi, committeesAbi } from '@oml/contracts/abis';
import { BLAME_STATE } from '@oml/protocol/chain/blame-state';
import { COMMITTEE_STATE } from '@oml/protocol/chain/report-state';
import type { BatchOpening } from '@oml/protocol/evidence/batch';
import type { Address, Hex } from 'viem';
import type { Chain } from './chain.ts';

/** What a claim of disguised use is known by. */
export interface BlamedClaim {
  claimId: Hex;
  claimant: Address;
  batch: BatchOpening;
}

/** The blame of a claim as it was filed; undefined where there is none. */
export async function filedBlame(
  { publicClient, deployment }: Pick<Chain, 'publicClient' | 'deployment'>,
  claimId: Hex,
) {
  const [filed] = await publicClient.getContractEvents({
    address: deployment.contracts.blames,
    abi: blamesAbi,
    eventName: 'BlameFiled',
    args: { claimId },
    fromBlock: BigInt(deployment.deployedAtBlock),
    strict: true,
  });
  return filed?.args;
}

/**
 * Takes a blamed claim one step towards its end, as anybody may: has the verdict applied once its committee has ended,
 * and the claim ended once nothing can be appealed any more. Undefined where it has to wait.
 */
export async function advanceBlame(chain: Chain, { claimId, claimant, batch }: BlamedClaim): Promise<Hex | undefined> {
  const { publicClient, deployment, send } = chain;
  const at = { address: deployment.contracts.blames, abi: blamesAbi } as const;
  const filed = await filedBlame(chain, claimId);
  if (!filed) return undefined;
  const { blameId, committeeId, licenseIds, hits } = filed;
  const { state, appealBy } = await publicClient.readContract({ ...at, functionName: 'blameOf', args: [blameId] });
  if (state === BLAME_STATE.HEARD) {
    const committees = { address: deployment.contracts.committees, abi: committeesAbi } as const;
    const heard = await publicClient.readContract({ ...committees, functionName: 'committee', args: [committeeId] });
    if (heard.state < COMMITTEE_STATE.COUNTED) return undefined;
    return (await send({ ...at, functionName: 'decide', args: [blameId] })).transactionHash;
  }
  if (state === BLAME_STATE.CLOSED) return undefined;
  const { timestamp } = await publicClient.getBlock();
  if (state !== BLAME_STATE.RULED && timestamp <= appealBy) return undefined;
  const args = [blameId, claimant, batch, licenseIds, hits] as const;
  return (await send({ ...at, functionName: 'close', args })).transactionHash;
}
