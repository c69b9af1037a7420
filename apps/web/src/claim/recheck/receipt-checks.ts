import { claimCourtAbi, licenseRegistryAbi } from '@oml/contracts/abis';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { anchorLeaf, standsUnder } from '@oml/protocol/evidence/leaves';
import { requestNonce } from '@oml/protocol/evidence/nonce';
import { receiptDigest } from '@oml/protocol/signed/receipt';
import { recoverStrict } from '@oml/protocol/signed/strict-signature';
import type { ContractFunctionArgs, PublicClient } from 'viem';
import { checkAll, type Check } from './check.ts';
import type { Address, Hex } from '#kit/hex.ts';

export interface ChainReader {
  publicClient: Pick<PublicClient, 'readContract' | 'getTransaction'>;
  deployment: Deployment;
}

/** A receipt as it was shown to the court: signed, anchored, and opened by the claimant. */
export type ShownReceipt = ContractFunctionArgs<typeof claimCourtAbi, 'nonpayable', 'revealUnpaidUse'>[0][number];

/** Checks receipts by the court's rules, from their bytes: signature, account, nonce, anchor. */
export async function checkReceipts(
  chain: ChainReader,
  shown: readonly ShownReceipt[],
  { account, claimant }: { account: Address; claimant: Address },
): Promise<Check[]> {
  const digests = shown.map(({ signed }) => digestOf(chain, signed));
  const signers = await Promise.all(
    shown.map(({ signed }, i) => recoverStrict(digests[i]!, signed.signature).catch(() => undefined)),
  );
  const owners = await Promise.all(signers.map((signer) => signer && accountOfSigner(chain, signer)));
  const anchored = await Promise.all(shown.map(({ signed }) => anchoredAt(chain, signed.anchorRoot)));
  return [
    checkAll(
      'Signatures',
      `${new Set(signers).size === 1 ? 'one signer' : `${new Set(signers).size} signers`}, recovered from the bytes`,
      signers.map((signer) => signer !== undefined),
    ),
    checkAll(
      'Signer',
      'bound to the accused host in the registry',
      owners.map((owner) => owner?.toLowerCase() === account.toLowerCase()),
    ),
    checkAll(
      'Questions',
      'the claimant chose every nonce',
      shown.map(({ signed, nonceSalt }) => requestNonce(claimant, nonceSalt) === signed.receipt.requestNonce),
    ),
    checkAll(
      'Anchors',
      'every receipt stands under a root that is on chain',
      shown.map(
        ({ signed: { anchorRoot, anchorProof } }, i) =>
          anchored[i]! > 0 && standsUnder(anchorRoot, anchorLeaf(digests[i]!), anchorProof),
      ),
    ),
  ];
}

/** The digest that the host signed, by which the court knows a receipt. */
export function digestOf(
  { deployment: { chainId, contracts } }: ChainReader,
  { receipt }: ShownReceipt['signed'],
): Hex {
  return receiptDigest(receipt, { chainId, court: contracts.claimCourt });
}

async function accountOfSigner({ publicClient, deployment }: ChainReader, signer: Address): Promise<Address> {
  const [account] = await publicClient.readContract({
    address: deployment.contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'signerOf',
    args: [signer],
  });
  return account;
}

/** Seconds, 0 for a root that is not anchored. */
function anchoredAt({ publicClient, deployment }: ChainReader, root: Hex): Promise<number> {
  return publicClient.readContract({
    address: deployment.contracts.claimCourt,
    abi: claimCourtAbi,
    functionName: 'anchoredAt',
    args: [root],
  });
}
