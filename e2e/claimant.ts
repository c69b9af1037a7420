import { claimCourtAbi, devDollarAbi, parametersAbi } from '@oml/contracts/abis';
import { anchorProof, anchorTree } from '@oml/protocol/evidence/anchor';
import { claimCommitment, unpaidUseHash } from '@oml/protocol/evidence/claim';
import { receiptDigest, type SignedReceipt } from '@oml/protocol/signed/receipt';
import type { Hex } from 'viem';
import { connectRpc, deployment, until } from './stack.ts';
import { write, type Actor } from './write.ts';

/** A use that was bought, and never booked. */
export interface Use {
  signedReceipt: SignedReceipt;
  nonceSalt?: Hex;
}

/** Younger receipts are refused (seconds, on the dev chain). */
const LEAST_AGE = 12n;

const court = () => ({ address: deployment().contracts.claimCourt, abi: claimCourtAbi }) as const;

export const claimOf = (claimId: Hex) =>
  connectRpc().readContract({ ...court(), functionName: 'claim', args: [claimId] });

const rates = async () => {
  const parameters = { address: deployment().contracts.parameters, abi: parametersAbi } as const;
  return (await connectRpc().readContract({ ...parameters, functionName: 'values' })).rates;
};

const untilTime = (at: bigint, what: string) =>
  until(what, async () => ((await connectRpc().getBlock()).timestamp > at ? true : undefined));

/** Anchors, commits, waits until the receipt is old enough, and reveals: what any buyer may do with a receipt. */
export async function claimUnpaidUse(claimant: Actor, { signedReceipt, nonceSalt }: Use): Promise<Hex> {
  const { receipt, signature } = signedReceipt;
  const { chainId, contracts } = deployment();
  const digest = receiptDigest(receipt, { chainId, court: contracts.claimCourt });
  const tree = anchorTree([digest]);
  const anchorRoot = tree.root as Hex;
  const [contentsHash, salt] = [unpaidUseHash([digest]), receipt.queryHash];
  const sealed = { chainId, court: contracts.claimCourt, claimant: claimant.address, contentsHash, salt };
  const { claimBond } = await rates();
  const allow = { address: contracts.token, abi: devDollarAbi, functionName: 'approve' } as const;
  await write(claimant, { ...court(), functionName: 'anchor', args: [anchorRoot] });
  await write(claimant, { ...court(), functionName: 'commitClaim', args: [claimCommitment(sealed)] });
  await write(claimant, { ...allow, args: [contracts.claimCourt, claimBond] });
  await write(claimant, { ...court(), functionName: 'deposit', args: [claimant.address, claimBond] });
  await untilTime(receipt.answeredAt + LEAST_AGE, 'the receipt to be old enough');
  const signed = { receipt, signature, anchorRoot, anchorProof: anchorProof(tree, digest) };
  const evidence = [{ signed, nonceSalt: nonceSalt! }];
  await write(claimant, { ...court(), functionName: 'revealUnpaidUse', args: [evidence, salt] });
  return digest;
}

/** Waits until the window is over, and ends the claim. */
export async function finaliseUnpaidUse(
  claimant: Actor,
  claimId: Hex,
  { signedReceipt: { receipt }, nonceSalt }: Use,
): Promise<void> {
  const { answerBy } = await claimOf(claimId);
  await untilTime(BigInt(answerBy), 'the window to pass');
  const args = [[receipt], claimant.address, nonceSalt!];
  await write(claimant, { ...court(), functionName: 'finaliseUnpaidUse', args });
}
