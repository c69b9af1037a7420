import { claimCourtAbi, licenseRegistryAbi } from '@oml/contracts/abis';
import type { Deployment } from '@oml/protocol/deployment';
import { receiptDigest, recoverStrict, type Receipt } from '@oml/protocol/receipt';
import { requestNonce } from '@oml/protocol/request-nonce';
import { keccak256, type Address, type Hex, type PublicClient } from 'viem';
import { checkAll, type Check } from './check.ts';
import { standsUnder } from './merkle-proof.ts';

export interface ChainReader {
  publicClient: Pick<PublicClient, 'readContract' | 'getTransaction'>;
  deployment: Deployment;
}

/** A receipt as it was shown to the court. */
export interface ShownReceipt {
  receipt: Receipt;
  signature: Hex;
  anchorRoot: Hex;
  anchorProof: readonly Hex[];
  nonceSalt: Hex;
}

/** Checks receipts by the court's rules, from their bytes: signature, account, nonce, anchor. */
export async function checkReceipts(chain: ChainReader, shown: readonly ShownReceipt[], { account, claimant }: { account: Address; claimant: Address }): Promise<Check[]> {
  const { chainId, contracts } = chain.deployment;
  const digests = shown.map(({ receipt }) => receiptDigest(receipt, { chainId, court: contracts.claimCourt }));
  const signers = await Promise.all(shown.map(({ signature }, i) => recoverStrict(digests[i]!, signature).catch(() => undefined)));
  const owners = await Promise.all(signers.map((signer) => signer && accountOfSigner(chain, signer)));
  const anchored = await Promise.all(shown.map(({ anchorRoot }) => anchoredAt(chain, anchorRoot)));
  return [
    checkAll('Signatures', `${new Set(signers).size === 1 ? 'one signer' : `${new Set(signers).size} signers`}, recovered from the bytes`, signers.map((signer) => signer !== undefined)),
    checkAll('Signer', 'bound to the accused host in the registry', owners.map((owner) => owner?.toLowerCase() === account.toLowerCase())),
    checkAll('Questions', 'the claimant chose every nonce', shown.map(({ receipt, nonceSalt }) => requestNonce(claimant, nonceSalt) === receipt.requestNonce)),
    checkAll('Anchors', 'every receipt stands under a root that is on chain', shown.map(({ anchorRoot, anchorProof }, i) => (anchored[i] ?? 0n) > 0n && standsUnder(anchorRoot, anchorLeaf(digests[i]!), anchorProof))),
  ];
}

/** OpenZeppelin's tree hashes the ABI encoding of a leaf twice; one bytes32 encodes as itself. */
const anchorLeaf = (digest: Hex): Hex => keccak256(keccak256(digest));

async function accountOfSigner({ publicClient, deployment }: ChainReader, signer: Address): Promise<Address> {
  const [account] = await publicClient.readContract({ address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi, functionName: 'signerOf', args: [signer] });
  return account;
}

function anchoredAt({ publicClient, deployment }: ChainReader, root: Hex): Promise<bigint> {
  return publicClient.readContract({ address: deployment.contracts.claimCourt, abi: claimCourtAbi, functionName: 'anchoredAt', args: [root] });
}
