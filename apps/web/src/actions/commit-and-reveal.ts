import type { Deployment } from '@oml/protocol/chain/deployment';
import { claimCommitment } from '@oml/protocol/evidence/claim';
import { bytesToHex, type PublicClient } from 'viem';
import type { Address, Hex } from '#kit/hex.ts';
import { callOf, type Step } from './action.ts';
import { contractsOf } from './contracts.ts';
import { nextBlock } from './next-block.ts';
import type { Call } from '#wallet/use-write.ts';

export interface Accusation {
  claimant: Address;
  /** What is committed to. */
  contentsHash: Hex;
  /** Of the claimant in the court, and what a claim takes of it; smallest unit. */
  balance: bigint;
  claimBond: bigint;
  reveal(salt: Hex): Call;
}

/** One secret for a claim, as long as the page is open: what is committed and what is shown must agree. */
const salts = new Map<Hex, Hex>();

/** A claim as the court takes it: its bond where that lacks, a commitment, and a block later what was committed to. */
export function commitAndReveal(
  reader: Pick<PublicClient, 'getBlockNumber'>,
  deployment: Deployment,
  { claimant, contentsHash, balance, claimBond, reveal }: Accusation,
): Step[] {
  const { court } = contractsOf(deployment);
  const salt = salts.get(contentsHash) ?? bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
  salts.set(contentsHash, salt);
  const place = { chainId: deployment.chainId, court: court.address };
  const commitment = claimCommitment({ ...place, claimant, contentsHash, salt });
  const lacking = claimBond > balance ? claimBond - balance : 0n;
  return [
    ...(lacking > 0n
      ? [{ call: callOf({ ...court, functionName: 'deposit', args: [claimant, lacking] }), spends: lacking }]
      : []),
    { call: callOf({ ...court, functionName: 'commitClaim', args: [commitment] }) },
    {
      call: async () => {
        await nextBlock(reader);
        return reveal(salt);
      },
    },
  ];
}
