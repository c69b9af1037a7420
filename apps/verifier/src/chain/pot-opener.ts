import { claimCourtAbi } from '@oml/contracts/abis';
import { readLogs, type BlockRange } from '@oml/program/read-logs';
import { CLAIM_STATE } from '@oml/protocol/chain/claim-state';
import type { Chain } from '@oml/service/chain';
import type { Hex } from 'viem';
import type { ClaimCall } from './claim-call.ts';

interface Ending {
  claimId: Hex;
  end: ClaimCall;
}

/**
 * The claim that opened an account's pot, and how to end it: the court serves it before those that joined. Undefined
 * where it has ended.
 */
export async function findPotOpener(chain: Chain, account: Hex): Promise<Ending | undefined> {
  const { publicClient, deployment } = chain;
  const court = { address: deployment.contracts.claimCourt, abi: claimCourtAbi } as const;
  const endings = await readLogs({
    fromBlock: BigInt(deployment.deployedAtBlock),
    toBlock: await publicClient.getBlockNumber(),
    read: (range) => readEndings(chain, account, range),
  });
  for (const ending of endings) {
    const { state, opensPot } = await publicClient.readContract({
      ...court,
      functionName: 'claim',
      args: [ending.claimId],
    });
    if (opensPot && state === CLAIM_STATE.CONTESTED) return ending;
  }
  return undefined;
}

/** How each claim on an account is ended, in one range of blocks. */
async function readEndings({ publicClient, deployment }: Chain, account: Hex, range: BlockRange): Promise<Ending[]> {
  const claimed = {
    address: deployment.contracts.claimCourt,
    abi: claimCourtAbi,
    args: { account },
    strict: true,
    ...range,
  } as const;
  const [unpaid, disguised] = await Promise.all([
    publicClient.getContractEvents({ ...claimed, eventName: 'UnpaidUseClaimed' }),
    publicClient.getContractEvents({ ...claimed, eventName: 'DisguisedUseClaimed' }),
  ]);
  return [
    ...unpaid.map(({ args: { claimId, receipt, claimant, nonceSalt } }): Ending => ({
      claimId,
      end: { functionName: 'finaliseUnpaidUse', args: [receipt, claimant, nonceSalt] },
    })),
    ...disguised.map(({ args: { claimId, claimant, batch } }): Ending => ({
      claimId,
      end: { functionName: 'finaliseDisguisedUse', args: [claimant, batch] },
    })),
  ];
}
