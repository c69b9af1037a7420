import { claimCourtAbi } from '@oml/contracts/abis';
import type { Transaction } from '@oml/db/client';
import { batchId } from '@oml/protocol/batch';
import type { Deployment } from '@oml/protocol/deployment';
import { decodeFunctionData, encodeAbiParameters, keccak256, type AbiFunction, type Address, type Hex } from 'viem';
import type { CourtEvent } from './event.ts';

/**
 * Events before the reveal that belong to its claim: they carry no claim id, but the reveal's call data opens the
 * commitment and names anchors and batch. Empty where the reveal came through another contract.
 */
export async function priorEvents(tx: Transaction, event: CourtEvent, deployment: Deployment): Promise<{ blockNumber: bigint; logIndex: number }[]> {
  const { claimant } = await tx.claim.findUniqueOrThrow({ where: { claimId: (event.args as { claimId: bigint }).claimId } });
  const topics = event.input ? namedTopics(event.input, claimant as Address, deployment) : [];
  if (topics.length === 0) return [];
  const events = await tx.event.findMany({ where: { topic: { in: topics }, name: { in: ['ReceiptsAnchored', 'ClaimCommitted', 'BatchCommitted', 'BatchDrawn'] } } });
  // Anyone may copy a commitment; only the claimant's own counts.
  return events.filter(({ name, args }) => name !== 'ClaimCommitted' || (args as { claimant?: string }).claimant === claimant);
}

function namedTopics(input: Hex, claimant: Address, deployment: Deployment): Hex[] {
  const { functionName, args } = decodeFunctionData({ abi: claimCourtAbi, data: input });
  switch (functionName) {
    case 'revealUnpaidUse': {
      const [contents, salt] = args;
      return [...contents.receipts.map(({ anchorRoot }) => anchorRoot), commitment('revealUnpaidUse', 1, contents, claimant, salt, deployment)];
    }
    case 'revealDisguisedUse': {
      const [contents, salt] = args;
      const batch = batchId(claimant, { ...contents.batch, itemCount: Number(contents.batch.itemCount) });
      return [batch, commitment('revealDisguisedUse', 2, contents, claimant, salt, deployment)];
    }
    case 'proveItems':
      return args[1].map(({ evidence }) => evidence.anchorRoot);
    default:
      return [];
  }
}

/** `keccak256(abi.encode(chainid, court, sender, keccak256(abi.encode(offence, contents)), salt))`. */
function commitment(reveal: 'revealUnpaidUse' | 'revealDisguisedUse', offence: number, contents: unknown, claimant: Address, salt: Hex, { chainId, contracts }: Deployment): Hex {
  const { inputs } = claimCourtAbi.find((item) => item.type === 'function' && item.name === reveal) as AbiFunction;
  const contentsHash = keccak256(encodeAbiParameters([{ type: 'uint8' }, inputs[0]!], [offence, contents]));
  return keccak256(
    encodeAbiParameters(
      [{ type: 'uint256' }, { type: 'address' }, { type: 'address' }, { type: 'bytes32' }, { type: 'bytes32' }],
      [BigInt(chainId), contracts.claimCourt, claimant, contentsHash, salt],
    ),
  );
}
