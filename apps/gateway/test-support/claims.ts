import { claimCourtAbi, devDollarAbi } from '@oml/contracts/abis';
import { anchorProof, anchorTree } from '@oml/protocol/evidence/anchor';
import { claimCommitment, unpaidUseHash } from '@oml/protocol/evidence/claim';
import { receiptDigest, type SignedReceipt } from '@oml/protocol/signed/receipt';
import type { Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { KEYS, waitFor, type TestChain } from './chain-fixture.ts';
import { giveDollars } from './host-fixture.ts';

export const CLAIMANT = privateKeyToAccount(KEYS.CLAIMANT);

/** What CLAIMANT accuses a host with. */
export interface Use {
  signedReceipt: SignedReceipt;
  nonceSalt?: Hex;
}

const claimOf = (chain: TestChain, claimId: Hex) => {
  const { publicClient, deployment } = chain.as(KEYS.CLAIMANT);
  const court = { address: deployment.contracts.claimCourt, abi: claimCourtAbi } as const;
  return publicClient.readContract({ ...court, functionName: 'claim', args: [claimId] });
};

/** Where a claim stands, as the court numbers it. */
export const claimState = async (chain: TestChain, claimId: Hex): Promise<number> =>
  (await claimOf(chain, claimId)).state;

/** Does what it left unbooked suspend the license? */
export const suspends = async (chain: TestChain, claimId: Hex): Promise<boolean> =>
  (await claimOf(chain, claimId)).suspends;

/** Waits until its window is over, and ends it. */
export async function finaliseUnpaidUse(
  chain: TestChain,
  claimId: Hex,
  { signedReceipt: { receipt }, nonceSalt }: Use,
): Promise<void> {
  const { send, publicClient, deployment } = chain.as(KEYS.CLAIMANT);
  const { answerBy } = await claimOf(chain, claimId);
  await waitFor(async () => (await publicClient.getBlock()).timestamp > BigInt(answerBy));
  await send({
    address: deployment.contracts.claimCourt,
    abi: claimCourtAbi,
    functionName: 'finaliseUnpaidUse',
    args: [[receipt], CLAIMANT.address, nonceSalt!],
  });
}

/** CLAIMANT anchors, commits, waits until the receipt is old enough, and reveals: the real thing. */
export async function claimUnpaidUse(
  chain: TestChain,
  { signedReceipt: { receipt, signature }, nonceSalt }: Use,
  beforeReveal: () => Promise<void> = async () => {},
): Promise<Hex> {
  await giveDollars(chain, CLAIMANT.address);
  const {
    send,
    deployment: {
      chainId,
      contracts: { claimCourt, token },
    },
    publicClient,
  } = chain.as(KEYS.CLAIMANT);
  const court = { address: claimCourt, abi: claimCourtAbi } as const;
  const digest = receiptDigest(receipt, { chainId, court: claimCourt });
  const tree = anchorTree([digest]);
  await send({ ...court, functionName: 'anchor', args: [tree.root as Hex] });
  const salt = receipt.queryHash;
  await send({
    ...court,
    functionName: 'commitClaim',
    args: [
      claimCommitment({
        chainId,
        court: claimCourt,
        claimant: CLAIMANT.address,
        contentsHash: unpaidUseHash([digest]),
        salt,
      }),
    ],
  });
  await send({ address: token, abi: devDollarAbi, functionName: 'approve', args: [claimCourt, 10_000_000n] });
  await send({ ...court, functionName: 'deposit', args: [CLAIMANT.address, 1_000_000n] });
  await waitFor(async () => (await publicClient.getBlock()).timestamp > receipt.answeredAt + 13n);
  await beforeReveal();
  const signed = { receipt, signature, anchorRoot: tree.root as Hex, anchorProof: anchorProof(tree, digest) };
  await send({ ...court, functionName: 'revealUnpaidUse', args: [[{ signed, nonceSalt: nonceSalt! }], salt] });
  return digest;
}
