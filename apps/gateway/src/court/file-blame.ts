import { blamesAbi, committeesAbi, devDollarAbi, licenseRegistryAbi } from '@oml/contracts/abis';
import { sendOnce } from '@oml/program/look-first';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import type { Receipt } from '@oml/protocol/signed/receipt';
import { inlineEvidence } from '@oml/protocol/wire/report-evidence';
import { filedBlame } from '@oml/service/blames';
import type { Chain } from '@oml/service/chain';
import type { BlameEvidence } from '@oml/protocol/wire/blame-evidence';
import type { Hex } from 'viem';
import type { Disguise } from './disguises.ts';

export interface Filing {
  /** Of the account, or of one of its signers: it pays gas and deposit. */
  chain: Chain;
  /** Where jurors reach the gateway that shows them the case. */
  publicUrl: string;
  /** The highest deposit. */
  most: bigint;
}

/** Where jurors fetch what is shown to them. */
export const shownAt = (publicUrl: string, claimId: Hex): string => `${publicUrl}/v1/blames/${claimId}`;

/** What a committee costs at present: the deposit of a blame. */
export const depositOf = ({ publicClient, deployment }: Pick<Chain, 'publicClient' | 'deployment'>): Promise<bigint> =>
  publicClient.readContract({ address: deployment.contracts.committees, abi: committeesAbi, functionName: 'cost' });

/**
 * Files a blame once, wherever it was killed before: a blame that stands is found, an approval that stands is used.
 * Throws REQUEST_INVALID where the deposit is above `most`, UNAUTHORIZED where the key does not act for the account,
 * and CHAIN_REVERTED.
 */
export function fileBlame(filing: Filing, { claimId, claimant, batch }: Disguise, receipts: readonly Receipt[]) {
  const { chain, publicUrl } = filing;
  const document: BlameEvidence = { url: shownAt(publicUrl, claimId) };
  const { evidenceHash, evidenceUri } = inlineEvidence(document);
  return sendOnce({
    alreadyDone: () => filedBlame(chain, claimId),
    send: async () => {
      // Perhaps it was sent before a crash, and is not in a block yet.
      await chain.settled();
      if (await filedBlame(chain, claimId)) return;
      await checkActs(chain, batch.account);
      await approveDeposit(filing);
      const args = [claimant, batch, receipts, evidenceHash, evidenceUri] as const;
      await chain.send({
        address: chain.deployment.contracts.blames,
        abi: blamesAbi,
        functionName: 'blame',
        args,
      });
    },
  });
}

async function checkActs({ publicClient, deployment, account }: Chain, host: Hex): Promise<void> {
  const acts = await publicClient.readContract({
    address: deployment.contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'actsFor',
    args: [host, account!.address],
  });
  if (!acts)
    throw new OmlError('UNAUTHORIZED', `${account!.address} is neither ${host} nor a signer of it: it cannot blame.`);
}

/** Exactly the deposit, so that no more than was looked at is ever drawn. */
async function approveDeposit({ chain, most }: Filing): Promise<void> {
  const { publicClient, deployment, account, send } = chain;
  const { token, blames } = deployment.contracts;
  const dollars = { address: token, abi: devDollarAbi } as const;
  const [deposit, allowance, balance] = await Promise.all([
    depositOf(chain),
    publicClient.readContract({ ...dollars, functionName: 'allowance', args: [account!.address, blames] }),
    publicClient.readContract({ ...dollars, functionName: 'balanceOf', args: [account!.address] }),
  ]);
  if (deposit > most)
    throw new OmlError('REQUEST_INVALID', `The deposit is ${formatDollars(deposit)}, more than was allowed.`);
  if (balance < deposit)
    throw new OmlError(
      'BOND_TOO_LOW',
      `The deposit is ${formatDollars(deposit)}, and ${account!.address} holds ${formatDollars(balance)}.`,
    );
  if (allowance !== deposit) await send({ ...dollars, functionName: 'approve', args: [blames, deposit] });
}
